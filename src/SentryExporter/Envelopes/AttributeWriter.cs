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
        switch (value)
        {
            case null or double.NaN or double.PositiveInfinity or double.NegativeInfinity or float.NaN
                or float.PositiveInfinity or float.NegativeInfinity:
                break; // JSON has no word for these.
            case string text:
                json.WriteString(key, text);
                break;
            case bool flag:
                json.WriteBoolean(key, flag);
                break;
            case double number:
                json.WriteNumber(key, number);
                break;
            case float number:
                json.WriteNumber(key, number);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                json.WriteNumber(key, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case IEnumerable list:
                json.WriteString(key, ToJson(list));
                break;
            default:
                json.WriteString(key, TextOf(value));
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

    private static ReadOnlySpan<byte> ToJson(IEnumerable list)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var item in list)
            {
                WriteItem(json, item);
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static void WriteItem(Utf8JsonWriter json, object? item)
    {
        switch (item)
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
                json.WriteNumberValue(Convert.ToInt64(item, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteStringValue(TextOf(item));
                break;
        }
    }
}
