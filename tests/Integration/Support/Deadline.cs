namespace LlmTracing.Tests.Integration.Support;

/// <summary>Bounds a wait, so that a signal that never comes fails its test and does not hang the run.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(10);

    /// <summary>Awaits a signal of the test's own, such as a gate reached.</summary>
    public static Task BoundAsync(this Task signal, string awaited, TimeSpan? within = null) =>
        BoundAsync(awaited, within, async token => { await signal.WaitAsync(token); return true; });

    public static async Task<T> BoundAsync<T>(
        string awaited,
        TimeSpan? within,
        Func<CancellationToken, Task<T>> wait,
        CancellationToken cancellationToken = default)
    {
        var limit = within ?? Default;
        using var source = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken, cancellationToken);
        source.CancelAfter(limit);
        try
        {
            return await wait(source.Token);
        }
        catch (OperationCanceledException exception) when (
            !cancellationToken.IsCancellationRequested
            && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No {awaited} within {limit}.", exception);
        }
    }
}
