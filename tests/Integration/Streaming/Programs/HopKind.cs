namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Ways to wait, which go on on different threads.</summary>
internal enum HopKind
{
    Yield,

    /// <summary>After a task of the pool.</summary>
    Run,

    /// <summary>On the very thread that gives the signal, in which no span is current.</summary>
    Signal,

    /// <summary>No wait at all, as when an answer is there already.</summary>
    Completed,
}
