
namespace LlmTracing.Streaming.Readers;

/// <summary>The reader for each type of chunk. One for the process: a stream need not know of any host.</summary>
internal static class ChunkReaders
{
    static ChunkReaders()
    {
        Use(new TextReader());
        Use(new ChatResponseUpdateReader());
    }

    public static void Use<T>(IChunkReader<T> reader) => Slot<T>.Reader = reader;

    /// <summary>Gives the reader, or null for a type that is only counted.</summary>
    public static IChunkReader<T>? For<T>() => Slot<T>.Reader;

    private static class Slot<T>
    {
        public static volatile IChunkReader<T>? Reader;
    }
}
