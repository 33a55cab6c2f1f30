using System.Collections.Concurrent;
using LlmTracing.Streaming.Proxy;

namespace LlmTracing.Streaming.Readers;

/// <summary>The reader for each type of chunk. One for the process: a stream need not know of any host.</summary>
internal static class ChunkReaders
{
    private static readonly ConcurrentDictionary<Type, IRawChunkReader> Raw = new();

    // What was found for the types that came: most clients give values of a type that derives from the one registered.
    private static readonly ConcurrentDictionary<Type, IRawChunkReader?> Found = new();

    static ChunkReaders()
    {
        Use(new TextChunkReader());
        Use(new SseItemReader());
        Use(new ChatResponseUpdateReader());
        Use(new UpstreamBodyReader());
    }

    public static void Use<T>(IChunkReader<T> reader)
    {
        Slot<T>.Reader = reader;
        Raw[typeof(T)] = new RawChunkReader<T>(reader);
        Found.Clear();
    }

    /// <summary>Gives the reader of a type, or of one that it derives from; null for a type that is only counted.</summary>
    public static IChunkReader<T>? For<T>() => Slot<T>.Reader ?? Find(typeof(T))?.As<T>();

    /// <summary>Gives the reader for an object of which only its type is known, or for a type that it derives from.</summary>
    public static IRawChunkReader? ForRaw(object chunk) => Found.GetOrAdd(chunk.GetType(), Find);

    /// <summary>Tells whether it is the first time that a type without a reader came.</summary>
    public static bool IsFirstUnread<T>() => !Slot<T>.WasMissed && For<T>() is null
        && !Interlocked.Exchange(ref Slot<T>.WasMissed, true);

    private static IRawChunkReader? Find(Type type)
    {
        for (var known = type; known is not null; known = known.BaseType)
        {
            if (Raw.TryGetValue(known, out var reader))
            {
                return reader;
            }
        }

        return null;
    }

    private static class Slot<T>
    {
        public static volatile IChunkReader<T>? Reader;
        public static bool WasMissed;
    }
}
