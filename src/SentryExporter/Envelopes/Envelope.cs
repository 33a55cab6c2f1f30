namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>One envelope as it is posted.</summary>
/// <param name="Category">What Sentry limits and counts its event as: <c>transaction</c>, <c>error</c>; a <c>client_report</c> as nothing.</param>
/// <param name="Spans">How many spans are lost with it: those of a transaction and its root.</param>
/// <param name="Bytes">Its bytes, compressed with gzip where they are many.</param>
internal sealed record Envelope(string Category, int Spans, byte[] Bytes)
{
    public const string Transaction = "transaction";
    public const string Error = "error";
    public const string ClientReport = "client_report";

    /// <summary>Gets when that ended of which it tells: what is older is sent first.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Tells whether the bytes of an envelope are compressed, by what they begin with: JSON begins otherwise.</summary>
    public static bool AreCompressed(ReadOnlySpan<byte> bytes) => bytes is [0x1F, 0x8B, ..];
}
