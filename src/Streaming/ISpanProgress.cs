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

    /// <summary>Hears how far the span's stream has come; of one stream, one call at a time.</summary>
    /// <remarks>
    /// After the first chunk, whenever the next one must be waited for, and where none is, every 10 milliseconds: more often
    /// would cost the answer more than it tells.
    /// </remarks>
    /// <param name="chunks">How many chunks have come.</param>
    /// <param name="reading">What all of them told.</param>
    void OnProgress(long chunks, in ChunkReading reading);
}
