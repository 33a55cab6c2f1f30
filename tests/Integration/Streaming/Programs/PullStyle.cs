namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Ways to read a stream.</summary>
internal enum PullStyle
{
    /// <summary><c>await foreach</c>, unless the stream waits at gates.</summary>
    Foreach,

    ByHand,

    /// <summary>Each pull in a span of its own, which ends with it.</summary>
    InSpans,
}
