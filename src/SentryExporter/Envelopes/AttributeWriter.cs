using System.Collections;
using System.Globalization;
using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes attributes as Sentry takes them: primitives only, lists as JSON in a string.</summary>
internal static class AttributeWriter
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> attributes)
    {
        json.WriteStartObject("data"u8);
        foreach (var (key, value) in attributes)
        {
            Write(json, key, value);
            if (SentryAliases.Of(key) is { } alias && !attributes.Any(attribute => attribute.Key == alias))
            {
                Write(json, alias, value);
            }
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string key, object? value)
    {
        // JSON has no word for these.
        if (value is null or double.NaN or double.PositiveInfinity or double.NegativeInfinity
            or float.NaN or float.PositiveInfinity or float.NegativeInfinity)
        {
            return;
        }

        json.WritePropertyName(key);
        if (value is IEnumerable list and not string)
        {
            json.WriteStringValue(ToJson(list));
        }
        else
        {
            WriteValue(json, value);
        }
    }

    private static ReadOnlySpan<byte> ToJson(IEnumerable list)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var item in list)
            {
                WriteValue(json, item);
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteStringValue(TextOf(value));
                break;
        }
    }

    // An app's own type may fail to say what it is; that costs its text, not the transaction.
    private static string? TextOf(object value)
    {
        try
        {
            return Convert.ToString(value, CultureInfo.InvariantCulture);
        }
        catch (Exception exception)
        {
            return $"[{value.GetType()} could not be written: {exception.GetType()}]";
        }
    }
}
