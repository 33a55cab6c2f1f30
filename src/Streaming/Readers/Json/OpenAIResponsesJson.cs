using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads events of OpenAI's Responses.</summary>
/// <remarks>https://platform.openai.com/docs/api-reference/responses-streaming.</remarks>
internal static class OpenAIResponsesJson
{
    public static bool IsOfUse(ReadOnlySpan<byte> chunk) =>
        !chunk.StartsWith("{\"type\":\"response.output_text.delta\""u8)
        && (chunk.HasValue("\"response\""u8) || chunk.HasValue("\"call_id\""u8) || chunk.Has("\"error\""u8));

    public static void Read(ref Utf8JsonReader json, ReadOnlySpan<byte> type, ref ChunkReading reading)
    {
        if (type.SequenceEqual("response.output_text.delta"u8))
        {
            ReadDelta(ref json, ref reading);
        }
        else if (type.SequenceEqual("response.output_item.added"u8))
        {
            ReadItem(ref json, isWhole: false, ref reading);
        }
        else if (type.SequenceEqual("response.output_item.done"u8))
        {
            ReadItem(ref json, isWhole: true, ref reading);
        }
        else if (type.SequenceEqual("error"u8))
        {
            ReadError(ref json, ref reading);
        }
        else
        {
            var isEnd = type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8)
                || type.SequenceEqual("response.failed"u8);
            ReadResponse(ref json, isEnd, ref reading);
        }
    }

    private static void ReadDelta(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("delta"u8))
            {
                json.ReadAnswerText(choice: 0, ref reading);
            }
            else
            {
                json.SkipValue();
            }
        }
    }

    private static void ReadItem(ref Utf8JsonReader json, bool isWhole, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (!json.ValueTextEquals("item"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterObject())
            {
                ReadCall(ref json, isWhole, ref reading);
            }
        }
    }

    private static void ReadCall(ref Utf8JsonReader json, bool isWhole, ref ChunkReading reading)
    {
        // What the provider runs itself are items too, of other types.
        string? id = null, name = null;
        var isForApp = false;
        Utf8JsonReader arguments = default;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.SkipValue();
                isForApp = json.TokenType is JsonTokenType.String
                    && (json.ValueTextEquals("function_call"u8) || json.ValueTextEquals("custom_tool_call"u8));
            }
            else if (json.ValueTextEquals("call_id"u8))
            {
                id = json.ReadText();
            }
            else if (json.ValueTextEquals("name"u8))
            {
                name = json.ReadText();
            }
            else
            {
                // A custom tool is given text of any form.
                var areArguments = json.ValueTextEquals("arguments"u8) || json.ValueTextEquals("input"u8);
                json.SkipToValue(areArguments, ref arguments);
            }
        }

        if (isForApp && id is not null)
        {
            reading.CallTool(id, name);
            if (isWhole)
            {
                JsonArguments.Append(arguments, number: null, choice: 0, ref reading);
            }
        }
    }

    private static void ReadError(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        // As documented it has its fields at the top; the service itself was seen to nest them:
        // https://github.com/openai/openai-dotnet/issues/881
        JsonError documented = default, nested = default;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("error"u8))
            {
                nested.Read(ref json);
            }
            else if (!documented.ReadProperty(ref json))
            {
                json.SkipValue();
            }
        }

        reading.Fail(nested.Code ?? nested.Type ?? documented.Code, nested.Message ?? documented.Message);
    }

    private static void ReadResponse(ref Utf8JsonReader json, bool isEnd, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (!json.ValueTextEquals("response"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterObject())
            {
                OpenAIResponseJson.Read(ref json, isEnd, ref reading);
                reading.IsComplete |= isEnd;
            }
        }
    }
}
