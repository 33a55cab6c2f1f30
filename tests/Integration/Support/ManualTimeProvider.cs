using System.Threading.Channels;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A clock that moves only when the test says so, and whose timers the test fires by hand.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Channel<ManualTimer> _timers = Channel.CreateUnbounded<ManualTimer>();

    private long _elapsed;

    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow().AddHours(1);

    /// <summary>The next timer that was asked for, in order.</summary>
    public Task<ManualTimer> NextTimerAsync() =>
        Deadline.BoundAsync("timer", null, token => _timers.Reader.ReadAsync(token).AsTask());

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Volatile.Read(ref _elapsed);

    /// <summary>Moves elapsed time on, for what measures it; neither <see cref="Now"/> nor a timer heeds it.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _elapsed, by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(callback, state, dueTime);
        _timers.Writer.TryWrite(timer);
        return timer;
    }
}
