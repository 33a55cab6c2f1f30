using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using LlmTracing.SentryExporter.Delivery;
using LlmTracing.SentryExporter.Propagation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes a transaction as the envelopes that are posted.</summary>
/// <remarks>https://develop.sentry.dev/sdk/data-model/envelopes/.</remarks>
internal sealed class EnvelopeWriter
{
    // A compressor clears a quarter of a megabyte before it begins, which costs more than the rest of the writing: below this
    // it would save no more than a few packets.
    private const int MostUncompressed = 8 * 1024;

    private readonly SentryExporterOptions _options;
    private readonly PropagationSettings _propagation;
    private readonly TimeProvider _time;
    private readonly BeforeSendHook _beforeSend;
    private readonly TransactionItems _transactions;
    private readonly ErrorEventWriter _errors;

    public EnvelopeWriter(
        SentryExporterOptions options, PropagationSettings propagation, TimeProvider time, ILogger? logger = null)
    {
        (_options, _propagation, _time) = (options, propagation, time);
        var fields = new EventFieldsWriter(options);
        _beforeSend = new(options.BeforeSend, logger ?? NullLogger.Instance, time);
        _transactions = new(options, fields);
        _errors = new(fields);
    }

    /// <summary>Gets or sets who is told of what is not sent.</summary>
    public Action<Discard>? Discarded { get; set; }

    /// <summary>Gives the transaction's own envelope, and after it one for each exception that it failed with.</summary>
    /// <returns>Empty where the app's hook wants none.</returns>
    public IReadOnlyList<Envelope> Write(FinishedTransaction transaction)
    {
        if (_beforeSend.Apply(transaction) is not { } wanted)
        {
            Discard(DiscardReason.BeforeSend, transaction);
            return [];
        }

        return [WriteTransaction(wanted), .. ErrorsOf(wanted).Select(failed => WriteError(wanted, failed))];
    }

    /// <summary>Tells of a transaction that is not sent, and of its errors, which are not either.</summary>
    public void Discard(string reason, FinishedTransaction transaction)
    {
        Discarded?.Invoke(new(reason, Envelope.Transaction, 1));
        Discarded?.Invoke(new(reason, "span", transaction.Spans.Count + 1));
        if (ErrorsOf(transaction).Count is > 0 and var errors)
        {
            Discarded?.Invoke(new(reason, Envelope.Error, errors));
        }
    }

    private static byte[] Join(List<ReadOnlyMemory<byte>> lines, int length)
    {
        var bytes = new byte[length];
        var at = 0;
        foreach (var line in lines)
        {
            line.Span.CopyTo(bytes.AsSpan(at));
            at += line.Length;
            bytes[at++] = (byte)'\n';
        }

        return bytes;
    }

    private static byte[] Compress(List<ReadOnlyMemory<byte>> lines)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            foreach (var line in lines)
            {
                gzip.Write(line.Span);
                gzip.Write("\n"u8);
            }
        }

        return compressed.ToArray();
    }

    // The same for every time that the exception is met in a trace: Sentry takes an event of one id only once.
    private static string EventIdOf(FailedSpan failed, FinishedTransaction transaction)
    {
        if (failed.Error.Exceptions is not [var thrown, ..])
        {
            return Guid.NewGuid().ToString("n");
        }

        Span<byte> id = stackalloc byte[16];
        thrown.Id.TryWriteBytes(id);
        return WithinTrace(id, transaction);
    }

    // The same where a transaction is delivered once more, as after a process that died before it was sure of the first time.
    private static string EventIdOf(FinishedTransaction transaction)
    {
        Span<byte> id = stackalloc byte[16];
        transaction.Root.SpanId.CopyTo(id[..8]);
        return WithinTrace(id, transaction);
    }

    private static string WithinTrace(Span<byte> id, FinishedTransaction transaction)
    {
        Span<byte> trace = stackalloc byte[16];
        transaction.TraceId.CopyTo(trace);
        for (var i = 0; i < id.Length; i++)
        {
            id[i] ^= trace[i];
        }

        return Convert.ToHexStringLower(id);
    }

    private IReadOnlyList<FailedSpan> ErrorsOf(FinishedTransaction transaction) =>
        _options.CaptureErrors ? FailedSpan.Of(transaction) : [];

    private Envelope WriteTransaction(FinishedTransaction transaction)
    {
        using var buffer = JsonBuffer.Rent();
        var eventId = EventIdOf(transaction);
        var (items, spans) = _transactions.Write(buffer, eventId, transaction);
        return new Envelope(Envelope.Transaction, spans, BytesOf(buffer, transaction, eventId, items)) { At = transaction.Root.End };
    }

    private Envelope WriteError(FinishedTransaction transaction, FailedSpan failed)
    {
        using var buffer = JsonBuffer.Rent();
        var eventId = EventIdOf(failed, transaction);
        var item = WriteEvent(withFrames: true);
        if (item.Excess > 0)
        {
            item = WriteEvent(withFrames: false);
        }

        return new Envelope(Envelope.Error, 0, BytesOf(buffer, transaction, eventId, [item])) { At = transaction.Root.End };

        EnvelopeItem WriteEvent(bool withFrames) =>
            new("event", buffer.Write(json => _errors.Write(json, eventId, transaction, failed, withFrames)));
    }

    private byte[] BytesOf(
        JsonBuffer buffer, FinishedTransaction transaction, string eventId, IReadOnlyList<EnvelopeItem> items)
    {
        List<ReadOnlyMemory<byte>> lines = [buffer.Write(json => WriteHeader(json, eventId, transaction))];
        foreach (var item in items)
        {
            lines.Add(buffer.Write(item.WriteHeader));
            lines.Add(item.Payload);
        }

        var length = lines.Sum(static line => line.Length + 1);
        return length > MostUncompressed ? Compress(lines) : Join(lines, length);
    }

    private void WriteHeader(Utf8JsonWriter json, string eventId, FinishedTransaction transaction)
    {
        json.WriteStartObject();
        json.WriteString("event_id"u8, eventId);
        json.WriteString("sent_at"u8, _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
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
        foreach (var (key, value) in isHead ? SamplingContext.Of(TraceHead.Of(transaction), _propagation) : frozen)
        {
            json.WriteString(key.AsSpan(BaggageHeader.SentryPrefix.Length), value);
        }

        json.WriteEndObject();
    }
}
