using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>One item of an envelope.</summary>
/// <param name="Type">Its type, for example <c>transaction</c>.</param>
/// <param name="Payload">Its JSON.</param>
internal sealed record EnvelopeItem(string Type, ArrayBufferWriter<byte> Payload)
{
    /// <summary>Relay's max_event_size, of a payload that is no longer compressed.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>A request with a few spans.</summary>
    public const int UsualBytes = 4 * 1024;

    /// <summary>A header, a span or an attribute.</summary>
    public const int UsualLineBytes = 512;

    private const string SpanContentType = "application/vnd.sentry.items.span.v2+json";

    // The payload is JSON on its own, never part of a page, so only what JSON itself asks for is escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets how many spans it holds, where it is a container of such.</summary>
    public int? Spans { get; init; }

    public int Excess => Math.Max(0, Payload.WrittenCount - MostBytes);

    /// <summary>Writes one JSON text.</summary>
    /// <param name="write">Writes it.</param>
    /// <param name="usual">How long such a text mostly is, so that it is written without being moved.</param>
    public static ArrayBufferWriter<byte> WriteJson(Action<Utf8JsonWriter> write, int usual)
    {
        var buffer = new ArrayBufferWriter<byte>(usual);
        using var json = new Utf8JsonWriter(buffer, Plain);
        write(json);
        json.Flush();
        return buffer;
    }

    public void WriteHeader(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Type);
        if (Spans is { } spans)
        {
            json.WriteNumber("item_count"u8, spans);
            json.WriteString("content_type"u8, SpanContentType);
        }

        json.WriteNumber("length"u8, Payload.WrittenCount);
        json.WriteEndObject();
    }
}
