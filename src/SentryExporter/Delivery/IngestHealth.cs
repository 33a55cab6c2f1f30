namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Whether Sentry can be reached; if not, lets one try at a time, after pauses that grow.</summary>
internal sealed class IngestHealth(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _pause;

    // By a clock that nobody sets.
    private long _missedAt;
    private TimeSpan _wait;
    private bool _isTrying;

    public bool IsReachable
    {
        get
        {
            lock (_lock)
            {
                return _pause == TimeSpan.Zero;
            }
        }
    }

    private TimeSpan Left => _wait - time.GetElapsedTime(_missedAt);

    /// <summary>Waits until something may be sent. Whoever has waited says how it went, or that it sent nothing.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan left;
            lock (_lock)
            {
                if (_pause == TimeSpan.Zero)
                {
                    return;
                }

                left = Left;
                if (left <= TimeSpan.Zero && !_isTrying)
                {
                    _isTrying = true;
                    return;
                }

                changed = _changed.Task;
            }

            // Somebody else's try may take as long as it likes. WaitAsync leaves out what is less than a millisecond, and
            // would end before it is time.
            var pause = left > TimeSpan.Zero
                ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds))
                : Timeout.InfiniteTimeSpan;
            await changed.WaitAsync(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public void Reached()
    {
        lock (_lock)
        {
            if (_pause != TimeSpan.Zero)
            {
                (_pause, _isTrying) = (TimeSpan.Zero, false);
                Signal();
            }
        }
    }

    public void Missed()
    {
        lock (_lock)
        {
            _isTrying = false;
            if (_pause != TimeSpan.Zero && Left > TimeSpan.Zero)
            {
                // One of several that were under way at the same time: they have failed together.
                Signal();
                return;
            }

            _pause = _pause == TimeSpan.Zero ? FirstPause : 2 * _pause;
            _pause = _pause < LongestPause ? _pause : LongestPause;

            // Between half of it and all of it, so that the processes of an outage do not come back at the same moment.
            _missedAt = time.GetTimestamp();
            _wait = _pause * (0.5 + (Random.Shared.NextDouble() / 2));
            Signal();
        }
    }

    /// <summary>Lets another one try, for who was let to has found nothing to send.</summary>
    public void NotTried()
    {
        lock (_lock)
        {
            if (_isTrying)
            {
                _isTrying = false;
                Signal();
            }
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
