namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>When a stream is ended.</summary>
public enum EndingPhase
{
    /// <summary>Before the first chunk.</summary>
    BeforeFirstChunk,

    /// <summary>As soon as the client has read the first chunk.</summary>
    AfterFirstChunk,

    /// <summary>After the first chunk, and a silence so long that the client has read a heartbeat.</summary>
    DuringSilence,

    /// <summary>While the server waits for the client to take a large chunk, the second.</summary>
    DuringBlockedWrite,
}
