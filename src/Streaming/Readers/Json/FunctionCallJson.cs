using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads tool calls in the form <c>{"id":…,"function":{"name":…}}</c>, which OpenAI's chat and Ollama share.</summary>
internal static class FunctionCallJson
{
    public static void ReadCalls(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextObject())
        {
            ReadCall(ref json, choice, ref reading);
        }
    }

    /// <summary>Reads the name in the object that is the value of a property, and where its arguments stand.</summary>
    public static string? ReadFunction(ref Utf8JsonReader json, ref Utf8JsonReader arguments)
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
                    json.SkipToValue(json.ValueTextEquals("arguments"u8), ref arguments);
                }
            }
        }

        return name;
    }

    private static void ReadCall(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        string? id = null, name = null;
        long? number = null;
        Utf8JsonReader arguments = default;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("id"u8))
            {
                id = json.ReadText();
            }
            else if (json.ValueTextEquals("function"u8))
            {
                name = ReadFunction(ref json, ref arguments);
            }
            else if (json.ValueTextEquals("index"u8))
            {
                number = json.ReadCount();
            }
            else
            {
                json.SkipValue();
            }
        }

        // What has neither goes on with the arguments of a call that is known.
        if (id is not null || name is not null)
        {
            reading.CallTool(id, name, (int?)number, choice);
        }

        JsonArguments.Append(arguments, (int?)number, choice, ref reading);
    }
}
