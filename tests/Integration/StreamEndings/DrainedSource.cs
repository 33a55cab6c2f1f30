using System.Runtime.CompilerServices;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>A source that is read on without its client, and that ends when the test says so, after its token.</summary>
internal sealed class DrainedSource
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the task that completes when a chunk is asked for that no client will read.</summary>
    public Task Drained => _drained.Task;

    public Task Cancelled => _cancelled.Task;

    public void End() => _end.TrySetResult();

    public IResult ToResult(HttpContext context) => Results.TracedSse(StreamAsync(context.RequestAborted));

    private async IAsyncEnumerable<string> StreamAsync(
        CancellationToken clientLeft, [EnumeratorCancellation] CancellationToken token = default)
    {
        using var watch = token.Register(() => _cancelled.TrySetResult());
        yield return "a";
        await WhenAsync(clientLeft).BoundAsync("client's leaving");
        yield return "b";
        _drained.TrySetResult();
        await _end.Task;
        token.ThrowIfCancellationRequested();
    }

    private static async Task WhenAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(() => cancelled.TrySetResult());
        await cancelled.Task;
    }
}
