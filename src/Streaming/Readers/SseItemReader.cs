using System.Net.ServerSentEvents;

namespace LlmTracing.Streaming.Readers;

/// <summary>Reads the data of events as text is read. Their types say nothing that a provider's JSON does not.</summary>
internal sealed class SseItemReader : IChunkReader<SseItem<string>>
{
    private static readonly TextChunkReader Reader = new();

    public void Read(SseItem<string> chunk, ref ChunkReading reading) => Reader.Read(chunk.Data, ref reading);
}
