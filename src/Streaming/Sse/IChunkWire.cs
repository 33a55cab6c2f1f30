namespace LlmTracing.Streaming.Sse;

/// <summary>How the chunks of one response go to its client.</summary>
internal interface IChunkWire<in T> : IStreamWire
{
    /// <summary>Writes a chunk, without handing it to the client yet.</summary>
    void Write(T chunk, SseOutput output);
}
