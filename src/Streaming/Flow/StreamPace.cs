namespace LlmTracing.Streaming.Flow;

/// <summary>When the chunks of a stream came, and since when the next one is waited for.</summary>
/// <remarks>Only the flow that pulls writes to it; <see cref="PendingFor"/> may be asked from anywhere.</remarks>
internal sealed class StreamPace(TimeProvider time)
{
    private const long NotPending = long.MinValue;

    private long _startedAt;
    private long _pendingSince = NotPending;
    private long _chunks;
    private long _pulledAt;
    private long _told;

    // Of the clock, in its ticks: what was spent on pieces that brought no chunk counts for the chunk that is waited for.
    private long _waitedInVain;
    private long _pulledInVain;

    /// <summary>Gets how many chunks came.</summary>
    public long Chunks => Volatile.Read(ref _chunks);

    /// <summary>Gets how long the first chunk let itself be waited for, once it came.</summary>
    public TimeSpan TimeToFirstChunk { get; private set; }

    /// <summary>Gets the longest wait for a chunk after the first, whatever came of it.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>Gets or sets a value indicating whether each pull is timed.</summary>
    public bool TimesPulls { get; set; }

    /// <summary>Gets how long the last chunk let itself be waited for since it was asked for, where that is timed.</summary>
    public TimeSpan? LastPull { get; private set; }

    /// <summary>Gets how long the source has kept its consumer waiting by now, if it does.</summary>
    public TimeSpan? PendingFor =>
        Volatile.Read(ref _pendingSince) is var since and not NotPending ? time.GetElapsedTime(since) : null;

    public void Start() => _startedAt = time.GetTimestamp();

    public void BeginPull()
    {
        if (TimesPulls)
        {
            _pulledAt = time.GetTimestamp() - _pulledInVain;
        }
    }

    public void BeginWait() => Volatile.Write(ref _pendingSince, time.GetTimestamp() - _waitedInVain);

    public void EndWait()
    {
        if (_pendingSince == NotPending)
        {
            return;
        }

        var now = time.GetTimestamp();
        var waited = time.GetElapsedTime(_pendingSince, now);

        // Before the first chunk it is no gap: that wait has a figure of its own.
        if (_chunks > 0 && waited > LongestGap)
        {
            LongestGap = waited;
        }

        _waitedInVain = now - _pendingSince;
        Volatile.Write(ref _pendingSince, NotPending);
    }

    /// <summary>Notes a piece that the network cut, which is a chunk only where it ends one.</summary>
    /// <param name="chunks">How many chunks came so far, or null where each piece counts as one.</param>
    /// <returns>Whether it did.</returns>
    public bool OnPiece(long? chunks)
    {
        if (chunks == _told)
        {
            _pulledInVain = TimesPulls ? time.GetTimestamp() - _pulledAt : 0;
            return false;
        }

        _told = chunks ?? _told;
        OnChunk();
        return true;
    }

    public void OnChunk()
    {
        (_waitedInVain, _pulledInVain) = (0, 0);
        Volatile.Write(ref _chunks, _chunks + 1);
        if (_chunks == 1)
        {
            TimeToFirstChunk = time.GetElapsedTime(_startedAt);
        }
        else if (TimesPulls)
        {
            LastPull = time.GetElapsedTime(_pulledAt);
        }
    }
}
