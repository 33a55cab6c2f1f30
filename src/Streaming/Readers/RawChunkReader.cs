namespace LlmTracing.Streaming.Readers;

/// <summary>Asks the reader of a type about a chunk of which only the type is known.</summary>
internal sealed class RawChunkReader<T>(IChunkReader<T> reader) : IRawChunkReader
{
    public void ReadUsage(object chunk, ref ChunkReading reading)
    {
        var raw = reading.ForUsageAlone();
        reader.Read((T)chunk, ref raw);
        reading.TakeUsage(raw);
    }

    public IChunkReader<TDerived>? As<TDerived>() => reader as IChunkReader<TDerived>;
}
