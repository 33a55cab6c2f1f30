namespace LlmTracing.Streaming.Readers;

/// <summary>Reads plain text, which tells nothing but its length.</summary>
internal sealed class TextReader : IChunkReader<string>
{
    public void Read(string chunk, ref ChunkReading reading) => reading.TextLength += chunk?.Length ?? 0;
}
