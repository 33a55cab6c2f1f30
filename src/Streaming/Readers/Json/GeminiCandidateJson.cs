using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads the candidates of a chunk of Gemini's: the answers, piece by piece.</summary>
internal static class GeminiCandidateJson
{
    public static void ReadAll(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextObject())
        {
            Read(ref json, JsonFields.FindIndex(json), ref reading);
        }
    }

    private static void Read(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("finishReason"u8))
            {
                if (json.ReadText(choice == 0 ? reading.FinishReason : null) is { } reason)
                {
                    reading.Finish(choice, reason);
                    reading.IsComplete = true;
                }
            }
            else if (!json.ValueTextEquals("content"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterObject())
            {
                ReadContent(ref json, choice, ref reading);
            }
        }
    }

    private static void ReadContent(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (!json.ValueTextEquals("parts"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterArray())
            {
                while (json.NextObject())
                {
                    ReadPart(ref json, choice, ref reading);
                }
            }
        }
    }

    private static void ReadPart(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        // What marks a part as a thought may come after its text.
        Utf8JsonReader text = default;
        var isThought = false;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("thought"u8))
            {
                isThought = json.ReadIsTrue();
            }
            else if (json.ValueTextEquals("text"u8))
            {
                json.SkipValue();
                text = json;
            }
            else if (!json.ValueTextEquals("functionCall"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterObject())
            {
                ReadCall(ref json, choice, ref reading);
            }
        }

        if (!isThought && text.TokenType is JsonTokenType.String && reading.WantsText)
        {
            JsonAnswerText.Append(text, choice, ref reading);
        }
    }

    private static void ReadCall(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        string? id = null, name = null;
        Utf8JsonReader arguments = default;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("id"u8))
            {
                id = json.ReadText();
            }
            else if (json.ValueTextEquals("name"u8))
            {
                name = json.ReadText();
            }
            else
            {
                json.SkipToValue(json.ValueTextEquals("args"u8), ref arguments);
            }
        }

        // Vertex AI streams the arguments of a call in pieces, which have neither.
        if (id is not null || name is not null)
        {
            reading.CallTool(id, name, choice: choice);
            JsonArguments.Append(arguments, number: null, choice, ref reading);
        }
    }
}
