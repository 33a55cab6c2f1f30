using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmTracing.SentryExporter.Propagation;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes a transaction as the envelopes that are posted.</summary>
/// <remarks>https://develop.sentry.dev/sdk/data-model/envelopes/.</remarks>
internal sealed class EnvelopeWriter(SentryExporterOptions options, PropagationSettings propagation, TimeProvider time)
{
    // Relay's max_event_size, of a payload that is no longer compressed.
    private const int MostItemBytes = 1024 * 1024;

    // The payload is JSON on its own, never part of a page, so only what JSON itself asks for is escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly EventFieldsWriter _fields = new(options);

    /// <summary>Gives the transaction's own envelope, and after it one for each exception that it failed with.</summary>
    public IReadOnlyList<Envelope> Write(FinishedTransaction transaction)
    {
        var envelopes = new List<Envelope> { WriteTransaction(transaction) };
        foreach (var failed in options.CaptureErrors ? FailedSpan.Of(transaction) : [])
        {
            envelopes.Add(WriteError(transaction, failed));
        }

        return envelopes;
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

    private static void WriteItemHeader(Utf8JsonWriter json, string type, int length)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteNumber("length"u8, length);
        json.WriteEndObject();
    }

    // The same for every time that the exception is met in a trace: Sentry takes an event of one id only once.
    private static string EventIdOf(FailedSpan failed, FinishedTransaction transaction)
    {
        if (failed.Error.Exceptions is not [var thrown, ..])
        {
            return Guid.NewGuid().ToString("n");
        }

        Span<byte> trace = stackalloc byte[16], id = stackalloc byte[16];
        transaction.TraceId.CopyTo(trace);
        thrown.Id.TryWriteBytes(id);
        for (var i = 0; i < id.Length; i++)
        {
            id[i] ^= trace[i];
        }

        return Convert.ToHexStringLower(id);
    }

    private Envelope WriteTransaction(FinishedTransaction transaction)
    {
        var eventId = Guid.NewGuid().ToString("n");
        var payload = WriteJson(json => new TransactionEventWriter(_fields).Write(json, eventId, transaction));
        var bytes = Compress(transaction, eventId, Envelope.Transaction, payload);
        return new Envelope(Envelope.Transaction, transaction.Spans.Count + 1, bytes);
    }

    private Envelope WriteError(FinishedTransaction transaction, FailedSpan failed)
    {
        var eventId = EventIdOf(failed, transaction);
        var payload = WriteEvent(withFrames: true);
        if (payload.WrittenCount > MostItemBytes)
        {
            payload = WriteEvent(withFrames: false);
        }

        return new Envelope(Envelope.Error, 0, Compress(transaction, eventId, "event", payload));

        ArrayBufferWriter<byte> WriteEvent(bool withFrames) => WriteJson(
            json => new ErrorEventWriter(_fields).Write(json, eventId, transaction, failed, withFrames));
    }

    private byte[] Compress(FinishedTransaction transaction, string eventId, string type, ArrayBufferWriter<byte> payload)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            WriteLine(gzip, WriteJson(json => WriteHeader(json, eventId, transaction)));
            WriteLine(gzip, WriteJson(json => WriteItemHeader(json, type, payload.WrittenCount)));
            WriteLine(gzip, payload);
        }

        return compressed.ToArray();
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
