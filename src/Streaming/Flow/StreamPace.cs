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
            _pulledAt = time.GetTimestamp();
        }
    }

    public void BeginWait() => Volatile.Write(ref _pendingSince, time.GetTimestamp());

    public void EndWait()
    {
        // Before the first chunk it is no gap: that wait has a figure of its own.
        if (PendingFor is { } waited && _chunks > 0 && waited > LongestGap)
        {
            LongestGap = waited;
        }

        Volatile.Write(ref _pendingSince, NotPending);
    }

    public void OnChunk()
    {
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
