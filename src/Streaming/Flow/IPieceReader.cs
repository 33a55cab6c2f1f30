namespace LlmTracing.Streaming.Flow;

/// <summary>A source whose pieces are cut by the network, and not where the provider's chunks end.</summary>
internal interface IPieceReader
{
    /// <summary>Gets how many chunks came so far, or null where they cannot be told.</summary>
    long? Chunks { get; }

    /// <summary>Notes what only the end of the stream tells.</summary>
    void Finish(ref ChunkReading reading);
}
