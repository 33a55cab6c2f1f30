namespace LlmTracing.Tests.Unit.Support;

/// <summary>Bounds every wait, so that a signal that never comes fails its test and does not hang the run.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task BoundAsync(this Task signal) => signal.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<T> BoundAsync<T>(this Task<T> signal) =>
        signal.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<T> BoundAsync<T>(this ValueTask<T> pull) => pull.AsTask().BoundAsync();

    public static Task BoundAsync(this ValueTask disposal) => disposal.AsTask().BoundAsync();
}
