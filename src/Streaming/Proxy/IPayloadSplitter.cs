namespace LlmTracing.Streaming.Proxy;

/// <summary>Cuts bytes, which come in any pieces, into the chunks that a provider sent.</summary>
internal interface IPayloadSplitter : IDisposable
{
    /// <summary>Gets how many chunks were too large.</summary>
    int PassedOver { get; }

    /// <summary>Gets a last chunk that nothing has ended; empty where there is none.</summary>
    ReadOnlySpan<byte> LastLine { get; }

    /// <summary>Takes the next whole payload from a piece, and from what the pieces before it have left.</summary>
    /// <param name="piece">The piece; what is left of it, nothing when it was used up.</param>
    /// <param name="payload">The payload, which may be empty; good until the next call.</param>
    /// <returns>Whether there was one.</returns>
    bool TryTake(ref ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> payload);
}
