using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Streaming.Agents;

/// <summary>The agent's two tools, neither of which ends before the other has begun.</summary>
internal sealed class HarbourTools
{
    private readonly TaskCompletionSource _bothRun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    /// <summary>Gets what the tool that translates throws, if it fails.</summary>
    public Exception? Failure { get; init; }

    public async Task<string> RunAsync(string tool)
    {
        if (Interlocked.Increment(ref _running) == 2)
        {
            _bothRun.SetResult();
        }

        await _bothRun.Task.BoundAsync("second tool");
        return tool == "translate" && Failure is { } failure ? throw failure : "12:30";
    }
}
