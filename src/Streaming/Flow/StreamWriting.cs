namespace LlmTracing.Streaming.Flow;

/// <summary>What was written of a stream to its client, and how long the client was waited for.</summary>
/// <remarks>Only whoever holds the response's gate writes to it; the waits may be asked for from anywhere.</remarks>
internal sealed class StreamWriting(TimeProvider time)
{
    private const long NotPending = long.MinValue;

    private readonly Lock _lock = new();
    private long _pendingSince = NotPending;
    private TimeSpan _waited;

    /// <summary>Gets or sets how many bytes were handed to the server.</summary>
    public long Bytes { get; set; }

    /// <summary>Gets how long the client has been waited for by now, if it is.</summary>
    public TimeSpan? PendingFor =>
        Volatile.Read(ref _pendingSince) is var since and not NotPending ? time.GetElapsedTime(since) : null;

    /// <summary>Gets the time spent waiting for the client to take what is written, a wait that goes on included.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_lock)
            {
                return _waited + (PendingFor ?? TimeSpan.Zero);
            }
        }
    }

    public void BeginWait() => Volatile.Write(ref _pendingSince, time.GetTimestamp());

    public void EndWait()
    {
        lock (_lock)
        {
            _waited = Wait;
            Volatile.Write(ref _pendingSince, NotPending);
        }
    }
}
