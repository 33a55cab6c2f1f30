using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmTracing.Streaming.Content;

/// <summary>Writes content as the JSON text that its attributes hold.</summary>
internal static class ContentJson
{
    // It stands in JSON and Protobuf, never in a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static string WriteArray(Action<Utf8JsonWriter> writeItems) => Write(json =>
    {
        json.WriteStartArray();
        writeItems(json);
        json.WriteEndArray();
    });

    /// <summary>Writes text that may be JSON as the JSON it is, else as a text.</summary>
    public static void WriteJsonOrText(this Utf8JsonWriter json, string name, string text)
    {
        json.WritePropertyName(name);

        // As bytes: half a character, which no UTF-8 can carry, is replaced on the way.
        var utf8 = Encoding.UTF8.GetBytes(text);
        if (IsJson(utf8))
        {
            json.WriteRawValue(utf8, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    public static bool IsJson(string text) => IsJson(Encoding.UTF8.GetBytes(text));

    /// <summary>Gives JSON with its letters as they are, where they were escaped without need: so what redacts can see them.</summary>
    /// <param name="json">JSON, or the beginning of some.</param>
    public static string WithoutNeedlessEscapes(string json)
    {
        if (!json.Contains('\\', StringComparison.Ordinal))
        {
            return json;
        }

        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            var rest = json.AsSpan(i);
            if (rest is ['\\', '/', ..])
            {
                text.Append('/');
                i++;
            }
            else if (rest is ['\\', 'u', _, _, _, _, ..] && TryReadLetter(rest, out var letter, out var length))
            {
                text.Append(letter);
                i += length - 1;
            }
            else
            {
                text.Append(rest[0]);
                if (rest is ['\\', _, ..])
                {
                    text.Append(rest[1]);
                    i++;
                }
            }
        }

        return text.ToString();
    }

    // Not quotes, backslashes and controls, which must stay escaped, and no half of a pair.
    private static bool TryReadLetter(ReadOnlySpan<char> escaped, out string letter, out int length)
    {
        (letter, length) = ("", 6);
        if (!TryReadUnit(escaped, out var first))
        {
            return false;
        }

        if (char.IsHighSurrogate(first) && escaped.Length >= 12 && TryReadUnit(escaped[6..], out var second)
            && char.IsLowSurrogate(second))
        {
            (letter, length) = (new string([first, second]), 12);
            return true;
        }

        letter = first.ToString();
        return first >= ' ' && first is not ('"' or '\\' or '\u007f') && !char.IsSurrogate(first);
    }

    private static bool TryReadUnit(ReadOnlySpan<char> escaped, out char unit)
    {
        unit = '\0';
        if (escaped is not ['\\', 'u', ..]
            || !ushort.TryParse(escaped[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        unit = (char)value;
        return true;
    }

    private static bool IsJson(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            while (reader.Read())
            {
            }

            return utf8.Length > 0;
        }
        catch (JsonException)
        {
            // Cut off, redacted, or never any.
            return false;
        }
    }
}
