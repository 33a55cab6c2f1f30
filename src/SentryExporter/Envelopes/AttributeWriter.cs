using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes attributes as Sentry takes them: primitives only, lists as JSON in a string.</summary>
internal static class AttributeWriter
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> attributes)
    {
        json.WriteStartObject("data"u8);
        foreach (var (key, value) in SentryAttributes.Of(attributes))
        {
            json.WritePropertyName(key);
            SentryValue.Write(json, value);
        }

        json.WriteEndObject();
    }
}
