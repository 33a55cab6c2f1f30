using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes the links of a span to others.</summary>
/// <remarks>https://develop.sentry.dev/sdk/telemetry/traces/span-links/.</remarks>
internal static class LinkWriter
{
    /// <summary>Writes those of a span in a transaction.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<FinishedLink> links) =>
        Write(json, links, static (json, key, value) =>
        {
            json.WritePropertyName(key);
            SentryValue.Write(json, value);
        });

    /// <summary>Writes those of a span in an item of its own, where each attribute has its type.</summary>
    public static void WriteTyped(Utf8JsonWriter json, IReadOnlyList<FinishedLink> links) =>
        Write(json, links, TypedAttributeWriter.Write);

    private static void Write(
        Utf8JsonWriter json, IReadOnlyList<FinishedLink> links, Action<Utf8JsonWriter, string, object> writeAttribute)
    {
        if (links.Count == 0)
        {
            return;
        }

        json.WriteStartArray("links"u8);
        foreach (var link in links)
        {
            json.WriteStartObject();
            json.WriteString("span_id"u8, link.SpanId.ToHexString());
            json.WriteString("trace_id"u8, link.TraceId.ToHexString());
            json.WriteBoolean("sampled"u8, link.IsSampled);
            if (link.Attributes.Count > 0)
            {
                json.WriteStartObject("attributes"u8);
                foreach (var (key, value) in SentryAttributes.Of(link.Attributes))
                {
                    writeAttribute(json, key, value);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
