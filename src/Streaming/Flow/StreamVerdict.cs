namespace LlmTracing.Streaming.Flow;

/// <summary>How a stream ended, settled once by whoever knows the cause first, from whatever thread.</summary>
internal sealed class StreamVerdict
{
    private const int Undecided = -1;

    private int _outcome = Undecided;
    private Exception? _cause;

    /// <summary>Gets how the stream ended, or null before it has.</summary>
    public StreamOutcome? Outcome => Volatile.Read(ref _outcome) is var outcome and not Undecided
        ? (StreamOutcome)outcome
        : null;

    /// <summary>Gets what the stream failed with, where its outcome is a failure of the provider's.</summary>
    public Exception? Failure => Outcome is StreamOutcome.UpstreamFailed or StreamOutcome.UpstreamTimedOut
        ? Volatile.Read(ref _cause)
        : null;

    /// <summary>Settles how the stream ended. Whoever knows the cause says so before cancelling anything.</summary>
    /// <returns>Whether this was the first to say.</returns>
    public bool Decide(StreamOutcome outcome, Exception? cause = null)
    {
        // Ahead of the outcome, for whoever sees that one wants this one too.
        if (cause is not null)
        {
            Interlocked.CompareExchange(ref _cause, cause, null);
        }

        return Interlocked.CompareExchange(ref _outcome, (int)outcome, Undecided) == Undecided;
    }
}
