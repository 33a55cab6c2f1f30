namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Whether a source waits before a chunk until its consumer has called MoveNextAsync.</summary>
internal enum GateKind
{
    None,

    /// <summary>It goes on on another thread.</summary>
    Elsewhere,

    /// <summary>It goes on on its consumer's stack.</summary>
    Inline,
}
