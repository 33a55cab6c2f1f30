using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmTracing.SentryExporter.Propagation;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes a transaction as the envelope that is posted.</summary>
/// <remarks>https://develop.sentry.dev/sdk/data-model/envelopes/.</remarks>
internal sealed class EnvelopeWriter(SentryExporterOptions options, PropagationSettings propagation, TimeProvider time)
{
    // The payload is JSON on its own, never part of a page, so only what JSON itself asks for is escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TransactionEventWriter _eventWriter = new(options);

    public Envelope Write(FinishedTransaction transaction)
    {
        var eventId = Guid.NewGuid().ToString("n");
        var payload = WriteJson(json => _eventWriter.Write(json, eventId, transaction));
        var header = WriteJson(json => WriteHeader(json, eventId, transaction));
        var itemHeader = WriteJson(json => WriteItemHeader(json, payload.WrittenCount));

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            WriteLine(gzip, header);
            WriteLine(gzip, itemHeader);
            WriteLine(gzip, payload);
        }

        return new Envelope(Envelope.Transaction, transaction.Spans.Count + 1, compressed.ToArray());
    }

    private static ArrayBufferWriter<byte> WriteJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Plain);
        write(json);
        json.Flush();
        return buffer;
    }

    private static void WriteLine(Stream output, ArrayBufferWriter<byte> line)
    {
        output.Write(line.WrittenSpan);
        output.Write("\n"u8);
    }

    private static void WriteItemHeader(Utf8JsonWriter json, int length)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "transaction"u8);
        json.WriteNumber("length"u8, length);
        json.WriteEndObject();
    }

    private void WriteHeader(Utf8JsonWriter json, string eventId, FinishedTransaction transaction)
    {
        json.WriteStartObject();
        json.WriteString("event_id"u8, eventId);
        json.WriteString("sent_at"u8, time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        SentrySdkInfo.Write(json);
        WriteSamplingContext(json, transaction);
        json.WriteEndObject();
    }

    // What went out to other services, or came from one; if nothing did, what would have.
    private void WriteSamplingContext(Utf8JsonWriter json, FinishedTransaction transaction)
    {
        var frozen = transaction.TraceBaggage;
        var isHead = frozen.Count == 0 && transaction.Root.ParentSpanId is null;
        json.WriteStartObject("trace"u8);
        foreach (var (key, value) in isHead ? SamplingContext.Of(TraceHead.Of(transaction), propagation) : frozen)
        {
            json.WriteString(key.AsSpan(BaggageHeader.SentryPrefix.Length), value);
        }

        json.WriteEndObject();
    }
}
