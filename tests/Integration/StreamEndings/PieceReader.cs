using System.Net.ServerSentEvents;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>Reads the tokens of pieces.</summary>
internal sealed class PieceReader : IChunkReader<Piece>, IChunkReader<SseItem<Piece>>
{
    public void Read(Piece chunk, ref ChunkReading reading) =>
        reading.Update(new LlmUsage(InputTokens: 7, OutputTokens: chunk.OutputTokens));

    public void Read(SseItem<Piece> chunk, ref ChunkReading reading) => Read(chunk.Data, ref reading);
}
