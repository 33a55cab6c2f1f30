namespace LlmTracing;

/// <summary>Follows one span of this library while it is open, for whoever keeps what would be lost with the process.</summary>
/// <remarks>
/// Given to <see cref="LlmTrace.ObserveProgress"/>. It is called on the path of the answer: it must neither block nor
/// allocate, and what it throws is logged, and ends its calls for that stream.
/// </remarks>
public interface ISpanProgress
{
    /// <summary>Hears that the span has got attributes: those of its start, or later ones.</summary>
    void OnChanged();

    /// <summary>Hears that a chunk of the span's stream has come; of one stream, one call at a time.</summary>
    /// <param name="chunks">How many there were with it.</param>
    /// <param name="reading">What all of them told.</param>
    void OnChunk(long chunks, in ChunkReading reading);
}
