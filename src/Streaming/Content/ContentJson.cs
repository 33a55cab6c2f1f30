using System.Buffers;
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
        if (IsJson(text))
        {
            json.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    public static bool IsJson(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            while (reader.Read())
            {
            }

            return text.Length > 0;
        }
        catch (JsonException)
        {
            // Cut off, redacted, or never any.
            return false;
        }
    }
}
