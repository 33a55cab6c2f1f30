using System.Text.Json;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>One item of an envelope.</summary>
/// <param name="Type">Its type, for example <c>transaction</c>.</param>
/// <param name="Payload">Its JSON, in the buffer that it was written to.</param>
internal sealed record EnvelopeItem(string Type, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Relay's max_event_size, of a payload that is no longer compressed.</summary>
    public const int MostBytes = 1024 * 1024;

    private const string SpanContentType = "application/vnd.sentry.items.span.v2+json";

    /// <summary>Gets how many spans it holds, where it is a container of such.</summary>
    public int? Spans { get; init; }

    public int Excess => Math.Max(0, Payload.Length - MostBytes);

    public void WriteHeader(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Type);
        if (Spans is { } spans)
        {
            json.WriteNumber("item_count"u8, spans);
            json.WriteString("content_type"u8, SpanContentType);
        }

        json.WriteNumber("length"u8, Payload.Length);
        json.WriteEndObject();
    }
}
