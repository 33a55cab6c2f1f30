namespace LlmTracing.Tests.Integration.Support;

/// <summary>Holds a scripted stream after so many chunks, all of them flushed, until the test lets it go on.</summary>
internal sealed class ScriptGate(int afterChunks)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int AfterChunks => afterChunks;

    /// <summary>Gets the task that completes when the first stream waits here.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    public Task PassAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
