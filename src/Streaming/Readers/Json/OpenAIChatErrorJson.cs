using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads the errors in a stream of chat completions, wherever servers put them.</summary>
internal static class OpenAIChatErrorJson
{
    // Of an error that is itself the chunk, object is the first property.
    private const int MostBeforeError = 32;

    /// <summary>Tells whether a chunk may be an error itself, as older vLLM sends it, rather than have one.</summary>
    public static bool IsItself(ReadOnlySpan<byte> chunk) =>
        chunk[..Math.Min(chunk.Length, MostBeforeError)].Has("\"error\""u8);

    /// <summary>Reads the value of a property.</summary>
    public static void Read(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        var error = default(JsonError);
        if (error.Read(ref json))
        {
            reading.Fail(error.Type ?? error.Code, error.Message);
        }
    }

    /// <summary>Reads a chunk that is an error itself.</summary>
    public static void ReadItself(Utf8JsonReader json, ref ChunkReading reading)
    {
        var error = default(JsonError);
        while (json.NextProperty())
        {
            if (!error.ReadProperty(ref json))
            {
                json.SkipValue();
            }
        }

        reading.Fail(error.Type ?? error.Code, error.Message);
    }
}
