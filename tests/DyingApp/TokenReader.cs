namespace LlmTracing.Tests.DyingApp;

internal sealed class TokenReader : IChunkReader<Token>
{
    public void Read(Token chunk, ref ChunkReading reading)
    {
        reading.TextLength += chunk.Text.Length;
        reading.Model = "dying-model";
        reading.Update(new LlmUsage(chunk.Input, chunk.Output));
    }
}
