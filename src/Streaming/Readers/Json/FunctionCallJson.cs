using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads tool calls in the form <c>{"id":…,"function":{"name":…}}</c>, which OpenAI's chat and Ollama share.</summary>
internal static class FunctionCallJson
{
    public static void ReadCalls(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextObject())
        {
            ReadCall(ref json, ref reading);
        }
    }

    private static void ReadCall(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        string? id = null, name = null;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("id"u8))
            {
                id = json.ReadText();
            }
            else if (json.ValueTextEquals("function"u8))
            {
                name = ReadName(ref json);
            }
            else
            {
                json.SkipValue();
            }
        }

        // What has neither goes on with the arguments of a call that is known.
        if (id is not null || name is not null)
        {
            reading.CallTool(id, name);
        }
    }

    private static string? ReadName(ref Utf8JsonReader json)
    {
        string? name = null;
        if (json.EnterObject())
        {
            while (json.NextProperty())
            {
                if (json.ValueTextEquals("name"u8))
                {
                    name = json.ReadText();
                }
                else
                {
                    json.SkipValue();
                }
            }
        }

        return name;
    }
}
