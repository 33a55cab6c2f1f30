using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads chunks of OpenAI's chat completions.</summary>
/// <remarks>https://platform.openai.com/docs/api-reference/chat-streaming.</remarks>
internal static class OpenAIChatJson
{
    private const string Failed = "error";

    // A call of a tool is told by its name, or its id: most pieces of its arguments have neither.
    private static readonly JsonNames Names = new("usage", "finish_reason", "error", "name");

    public static bool IsOfUse(ReadOnlySpan<byte> chunk, in ChunkReading reading) =>
        Names.AnyHasValue(chunk)
        || (reading.Model is null && chunk.HasValue("\"model\""u8))
        || (reading.ResponseId is null && chunk.HasValue("\"id\""u8))
        || HasCallWithId(chunk)
        || OpenAIChatErrorJson.IsItself(chunk);

    public static void Read(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        var start = json;
        var isError = false;
        while (json.NextProperty())
        {
            // Azure's first chunk, and those of its filter, leave both empty.
            if (json.ValueTextEquals("id"u8))
            {
                reading.ResponseId = json.ReadText(reading.ResponseId) ?? reading.ResponseId;
            }
            else if (json.ValueTextEquals("model"u8))
            {
                reading.Model = json.ReadText(reading.Model) ?? reading.Model;
            }
            else if (json.ValueTextEquals("choices"u8))
            {
                ReadChoices(ref json, ref reading);
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                OpenAIChatUsageJson.Read(ref json, ref reading);
            }
            else if (json.ValueTextEquals("error"u8))
            {
                OpenAIChatErrorJson.Read(ref json, ref reading);
            }
            else if (json.ValueTextEquals("x_groq"u8))
            {
                ReadGroq(ref json, ref reading);
            }
            else
            {
                var isObject = json.ValueTextEquals("object"u8);
                json.SkipValue();
                isError |= isObject && json.TokenType is JsonTokenType.String && json.ValueTextEquals("error"u8);
            }
        }

        if (isError)
        {
            OpenAIChatErrorJson.ReadItself(start, ref reading);
        }

        // After all else, which may say what went wrong.
        if (reading is { Error: null, FinishReason: Failed })
        {
            reading.Fail(Failed, "The provider ended the answer with the finish reason \"error\".");
        }
    }

    // The answer's own id is in every chunk, and first.
    private static bool HasCallWithId(ReadOnlySpan<byte> chunk) =>
        chunk.IndexOf("\"tool_calls\""u8) is var calls and >= 0 && chunk[calls..].HasValue("\"id\""u8);

    private static void ReadGroq(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.ValueTextEquals("usage"u8))
            {
                OpenAIChatUsageJson.Read(ref json, ref reading);
            }
            else
            {
                json.SkipValue();
            }
        }
    }

    private static void ReadChoices(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextObject())
        {
            ReadChoice(ref json, JsonFields.FindIndex(json), ref reading);
        }
    }

    private static void ReadChoice(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("finish_reason"u8))
            {
                if (json.ReadText(choice == 0 ? reading.FinishReason : null) is { } reason)
                {
                    reading.Finish(choice, reason);
                    reading.IsComplete = true;
                }
            }
            else if (json.ValueTextEquals("delta"u8))
            {
                ReadDelta(ref json, choice, ref reading);
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                OpenAIChatUsageJson.Read(ref json, ref reading);
            }
            else if (json.ValueTextEquals("error"u8))
            {
                OpenAIChatErrorJson.Read(ref json, ref reading);
            }
            else if (json.ValueTextEquals("text"u8))
            {
                // Of the older completions.
                json.ReadAnswerText(choice, ref reading);
            }
            else
            {
                json.SkipValue();
            }
        }
    }

    /// <summary>Reads what is said in a chunk, or in the message of an answer that was not streamed.</summary>
    public static void ReadDelta(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.ValueTextEquals("content"u8))
            {
                json.ReadAnswerText(choice, ref reading);
            }
            else if (json.ValueTextEquals("tool_calls"u8))
            {
                FunctionCallJson.ReadCalls(ref json, choice, ref reading);
            }
            else if (json.ValueTextEquals("function_call"u8))
            {
                // Of the older protocol, which knows one call and no id. The pieces of its arguments have no name.
                Utf8JsonReader arguments = default;
                if (FunctionCallJson.ReadFunction(ref json, ref arguments) is { } name)
                {
                    reading.CallTool(id: null, name, choice: choice);
                }

                JsonArguments.Append(arguments, number: null, choice, ref reading);
            }
            else
            {
                json.SkipValue();
            }
        }
    }
}
