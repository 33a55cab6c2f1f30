namespace LlmTracing.Tests.Integration.Support;

/// <summary>A clock that moves only when the test says so, and fires its timers on the way.</summary>
internal sealed class TestClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;
    private DateTimeOffset _epoch = System.GetUtcNow();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _epoch + _now;
        }
    }

    /// <summary>Sets the clock of the world, as an administrator does, while no time passes.</summary>
    public void SetUtcNow(DateTimeOffset now)
    {
        lock (_lock)
        {
            _epoch = now - _now;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on, and fires what falls due, in order and on this thread.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan target;
        lock (_lock)
        {
            target = _now + by;
        }

        while (TakeDue(target) is { } due)
        {
            due.Fire();
        }

        lock (_lock)
        {
            _now = target;
        }
    }

    /// <summary>Moves on by steps until a signal comes, for waits of which the test cannot see when they begin.</summary>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> signal, TimeSpan step)
    {
        do
        {
            Advance(step);
        }
        while (await Task.WhenAny(signal, Task.Delay(TimeSpan.FromMilliseconds(50), System)) != signal);

        return await signal;
    }

    private Timer? TakeDue(TimeSpan target)
    {
        lock (_lock)
        {
            if (_timers.MinBy(static timer => timer.Due) is not { } next || next.Due > target)
            {
                return null;
            }

            _timers.Remove(next);
            _now = next.Due > _now ? next.Due : _now;
            return next;
        }
    }

    private sealed class Timer(TestClock clock, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
