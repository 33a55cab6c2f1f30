namespace LlmTracing.Streaming.Flow;

/// <summary>How a stream ended, settled once by whoever knows the cause first, from whatever thread.</summary>
internal sealed class StreamVerdict
{
    private const int Undecided = -1;

    private readonly Lock _lock = new();
    private int _outcome = Undecided;
    private Exception? _cause;
    private bool _isAllRead;

    /// <summary>Gets how the stream ended, or null before it has.</summary>
    public StreamOutcome? Outcome => Volatile.Read(ref _outcome) is var outcome and not Undecided
        ? (StreamOutcome)outcome
        : null;

    /// <summary>Gets what the stream failed with, where its outcome is a failure of the provider's.</summary>
    public Exception? Failure => Outcome is StreamOutcome.UpstreamFailed or StreamOutcome.UpstreamTimedOut
        ? Volatile.Read(ref _cause)
        : null;

    /// <summary>Notes that the source has ended. What is left is the client's to take: the provider is late no more.</summary>
    public void NoteAllRead()
    {
        lock (_lock)
        {
            _isAllRead = true;
        }
    }

    /// <summary>Settles how the stream ended. Whoever knows the cause says so before cancelling anything.</summary>
    /// <returns>Whether this was the first to say.</returns>
    public bool Decide(StreamOutcome outcome, Exception? cause = null)
    {
        lock (_lock)
        {
            if (_outcome != Undecided
                || (_isAllRead && outcome is StreamOutcome.UpstreamTimedOut or StreamOutcome.ServerStopping))
            {
                return false;
            }

            // Ahead of the outcome, for whoever sees that one wants this one too.
            Volatile.Write(ref _cause, cause);
            Volatile.Write(ref _outcome, (int)outcome);
            return true;
        }
    }
}
