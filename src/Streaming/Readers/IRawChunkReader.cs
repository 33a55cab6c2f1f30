namespace LlmTracing.Streaming.Readers;

/// <summary>Reads the chunk of a provider's SDK that an update of a chat client was made of.</summary>
internal interface IRawChunkReader
{
    /// <summary>Notes the usage and the error that a chunk tells, and nothing else: the update itself tells the rest.</summary>
    void ReadUsage(object chunk, ref ChunkReading reading);

    /// <summary>Gives what it asks, as the reader of a type that derives from the one it is for.</summary>
    IChunkReader<T>? As<T>();
}
