using System.IO.Compression;
using System.Text;
using System.Text.Json;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Propagation;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Unit.Support;

/// <summary>An envelope as it was written, read back: header, then item header and payload by turns.</summary>
internal sealed class WrittenEnvelope
{
    private WrittenEnvelope(Envelope envelope)
    {
        Envelope = envelope;
        Lines = Encoding.UTF8.GetString(BytesOf(envelope)).Split('\n');
    }

    public Envelope Envelope { get; }

    public string[] Lines { get; }

    public JsonElement Payload => JsonElement.Parse(Lines[2]);

    public JsonElement Data => Payload.GetProperty("contexts").GetProperty("trace").GetProperty("data");

    /// <summary>Gives the bytes as they were before they were compressed, if they were.</summary>
    public static byte[] BytesOf(Envelope envelope)
    {
        if (!Envelope.AreCompressed(envelope.Bytes))
        {
            return envelope.Bytes;
        }

        using var gzip = new GZipStream(new MemoryStream(envelope.Bytes), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static EnvelopeWriter Writer(SentryExporterOptions options)
    {
        options.Dsn = "https://key@o123.ingest.sentry.io/1";
        var propagation = new PropagationSettings(Options.Create(options), Options.Create(new LlmTracingOptions()));
        return new EnvelopeWriter(options, propagation, TimeProvider.System);
    }

    public static IReadOnlyList<WrittenEnvelope> Of(FinishedTransaction transaction, SentryExporterOptions? options = null) =>
        [.. Writer(options ?? new()).Write(transaction).Select(static envelope => new WrittenEnvelope(envelope))];
}
