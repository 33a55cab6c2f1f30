namespace LlmTracing.Streaming.Proxy;

/// <summary>Reads the chunks that end in a piece of a provider's body. What is left over stays with the body.</summary>
internal sealed class UpstreamBodyReader : IChunkReader<UpstreamBody>
{
    public void Read(UpstreamBody chunk, ref ChunkReading reading) => chunk.Read(ref reading);
}
