namespace LlmTracing;

/// <summary>How a streamed answer ended. Every stream has exactly one outcome, decided once.</summary>
public enum StreamOutcome
{
    /// <summary>The provider finished the answer.</summary>
    Completed,

    /// <summary>The reader left before the end: a closed tab, a stop button. Never an error.</summary>
    ClientDisconnected,

    /// <summary>The provider, or the code that reads it, threw.</summary>
    UpstreamFailed,

    /// <summary>The provider took too long.</summary>
    UpstreamTimedOut,

    /// <summary>The reader was too slow to read, and was cut off.</summary>
    WriteTimedOut,

    /// <summary>The server was shutting down.</summary>
    ServerStopping,

    /// <summary>
    /// The app itself broke off, with no response involved: the code that consumed the stream read no further, or a
    /// token of the app's was cancelled, by <c>CancelAfter</c> too. Never an error.
    /// </summary>
    Abandoned,

    /// <summary>The process died; the span was recovered by the next one.</summary>
    ProcessTerminated,
}
