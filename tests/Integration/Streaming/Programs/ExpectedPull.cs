namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>What comes of a pull.</summary>
internal enum ExpectedPull
{
    Chunk,
    End,
    Throw,
}
