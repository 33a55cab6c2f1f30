namespace LlmTracing.Tests.Integration.Support;

/// <summary>A timer that fires when the test says so, however long it was asked to wait.</summary>
internal sealed class ManualTimer(TimerCallback callback, object? state, TimeSpan due) : ITimer
{
    public TimeSpan Due => due;

    public bool IsDisposed { get; private set; }

    public void Fire() => callback(state);

    public bool Change(TimeSpan dueTime, TimeSpan period) => !IsDisposed;

    public void Dispose() => IsDisposed = true;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
