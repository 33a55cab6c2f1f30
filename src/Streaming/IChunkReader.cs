namespace LlmTracing;

/// <summary>Reads model, tokens and finish reason from the chunks of a stream, as they pass by.</summary>
/// <typeparam name="T">The type of one chunk.</typeparam>
/// <remarks>
/// One reader serves every stream at once: keep what is learnt in the <see cref="ChunkReading"/>, never in the reader.
/// It runs on the path of every chunk, so it should allocate nothing for a chunk that tells nothing. A reader that
/// throws is not asked again for that stream; the stream itself goes on.
/// </remarks>
public interface IChunkReader<in T>
{
    /// <summary>Notes what <paramref name="chunk"/> tells in <paramref name="reading"/>.</summary>
    /// <param name="chunk">One chunk, in the order of the stream. It must not be changed or kept.</param>
    /// <param name="reading">What the chunks before it told: one for the whole stream.</param>
    void Read(T chunk, ref ChunkReading reading);
}
