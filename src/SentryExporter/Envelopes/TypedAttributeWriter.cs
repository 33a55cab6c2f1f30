using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes an attribute as spans in an item of their own have it: with its type.</summary>
internal static class TypedAttributeWriter
{
    public static void Write(Utf8JsonWriter json, string key, object value)
    {
        // Of 64 bits with a sign: a larger number is one of another type.
        value = value is ulong number ? (double)number : value;
        json.WriteStartObject(key);
        json.WriteString("type"u8, value switch
        {
            string => "string",
            bool => "boolean",
            long => "integer",
            _ => "double",
        });
        json.WritePropertyName("value"u8);
        SentryValue.Write(json, value);
        json.WriteEndObject();
    }
}
