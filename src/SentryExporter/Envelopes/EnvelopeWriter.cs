using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmTracing.SentryExporter.Delivery;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes a transaction as the bytes that are posted: an envelope, compressed.</summary>
/// <remarks>https://develop.sentry.dev/sdk/data-model/envelopes/.</remarks>
internal sealed class EnvelopeWriter(
    SentryExporterOptions options, double sampleRate, SentryDsn dsn, TimeProvider time)
{
    // The payload is JSON on its own, never part of a page, so only what JSON itself asks for is escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TransactionEventWriter _eventWriter = new(options);

    public byte[] Write(FinishedTransaction transaction)
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

        return compressed.ToArray();
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

    // https://develop.sentry.dev/sdk/telemetry/traces/dynamic-sampling-context/: every value is a string.
    private void WriteSamplingContext(Utf8JsonWriter json, FinishedTransaction transaction)
    {
        json.WriteStartObject("trace"u8);
        json.WriteString("trace_id"u8, transaction.TraceId.ToHexString());
        json.WriteString("public_key"u8, dsn.PublicKey);
        json.WriteString("sampled"u8, "true"u8);
        json.WriteString("sample_rate"u8, sampleRate.ToString(CultureInfo.InvariantCulture));
        WriteIfAny(json, "release"u8, options.Release);
        WriteIfAny(json, "environment"u8, options.Environment);
        WriteIfAny(json, "org_id"u8, dsn.OrganizationId);
        json.WriteString("transaction"u8, transaction.Root.Name);
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }
}
