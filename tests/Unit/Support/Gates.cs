namespace LlmTracing.Tests.Unit.Support;

/// <summary>One gate after the other, each passed when the test opens it.</summary>
/// <remarks>
/// An iterator that waits at one is still waiting when MoveNextAsync has returned. That matters: where an iterator
/// completes before its consumer's callback is registered, the runtime runs that callback outside the iterator's
/// context.
/// </remarks>
internal sealed class Gates
{
    private TaskCompletionSource _next;
    private readonly TaskCreationOptions _options;

    /// <param name="inline">Whether what waits goes on within <see cref="Open"/>, on the test's own thread.</param>
    public Gates(bool inline = false)
    {
        _options = inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;
        _next = new TaskCompletionSource(_options);
    }

    public Task PassAsync() => Volatile.Read(ref _next).Task;

    public void Open()
    {
        var gate = Interlocked.Exchange(ref _next, new TaskCompletionSource(_options));
        gate.SetResult();
    }

    /// <summary>Pulls once from a source that waits at the gate, and opens it only then.</summary>
    public async Task<bool> PullAsync<T>(IAsyncEnumerator<T> enumerator)
    {
        var pull = enumerator.MoveNextAsync();
        Assert.False(pull.IsCompleted);
        Open();
        return await pull.BoundAsync();
    }
}
