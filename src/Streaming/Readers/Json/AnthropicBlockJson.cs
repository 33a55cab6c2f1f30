using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads the blocks of an Anthropic message: its text, and the tools that the app is to run.</summary>
internal static class AnthropicBlockJson
{
    public static void ReadStart(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        var block = JsonFields.FindIndex(json);
        while (json.NextProperty())
        {
            if (!json.ValueTextEquals("content_block"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterObject())
            {
                ReadBlock(ref json, block, ref reading);
            }
        }
    }

    public static void ReadDelta(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        var block = JsonFields.FindIndex(json);
        while (json.NextProperty())
        {
            if (!json.ValueTextEquals("delta"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterObject())
            {
                ReadPiece(ref json, block, ref reading);
            }
        }
    }

    // What it holds comes in pieces, and is empty here: but some compatible servers send blocks whole.
    private static void ReadBlock(ref Utf8JsonReader json, int block, ref ChunkReading reading)
    {
        string? id = null, name = null;
        Utf8JsonReader text = default, input = default;
        bool isForApp = false, isText = false;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("type"u8))
            {
                isForApp = ReadIs(ref json, "tool_use"u8);
                isText = json.TokenType is JsonTokenType.String && json.ValueTextEquals("text"u8);
            }
            else if (json.ValueTextEquals("id"u8))
            {
                id = json.ReadText();
            }
            else if (json.ValueTextEquals("name"u8))
            {
                name = json.ReadText();
            }
            else if (json.ValueTextEquals("input"u8))
            {
                json.SkipToValue(isLookedFor: true, ref input);
            }
            else
            {
                json.SkipToValue(json.ValueTextEquals("text"u8), ref text);
            }
        }

        if (isForApp)
        {
            reading.CallTool(id, name, block);
            AppendWhole(input, block, ref reading);
        }

        if (isText && text.TokenType is JsonTokenType.String && reading.WantsText)
        {
            JsonAnswerText.Append(text, choice: 0, ref reading);
        }
    }

    private static void AppendWhole(Utf8JsonReader input, int block, ref ChunkReading reading)
    {
        var inside = input;
        if (input.TokenType is JsonTokenType.StartObject && inside.Read() && inside.TokenType is not JsonTokenType.EndObject)
        {
            JsonArguments.Append(input, block, choice: 0, ref reading);
        }
    }

    private static void ReadPiece(ref Utf8JsonReader json, int block, ref ChunkReading reading)
    {
        // The type, which may come last, says whether it is text of the answer.
        Utf8JsonReader text = default, arguments = default;
        bool isText = false, areArguments = false;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("type"u8))
            {
                isText = ReadIs(ref json, "text_delta"u8);
                areArguments = json.TokenType is JsonTokenType.String && json.ValueTextEquals("input_json_delta"u8);
            }
            else
            {
                var isPieceOfJson = json.ValueTextEquals("partial_json"u8);
                var isNamedText = json.ValueTextEquals("text"u8);
                json.SkipValue();
                text = isNamedText ? json : text;
                arguments = isPieceOfJson ? json : arguments;
            }
        }

        if (isText && text.TokenType is JsonTokenType.String && reading.WantsText)
        {
            JsonAnswerText.Append(text, choice: 0, ref reading);
        }

        if (areArguments)
        {
            JsonArguments.Append(arguments, block, choice: 0, ref reading);
        }
    }

    private static bool ReadIs(ref Utf8JsonReader json, ReadOnlySpan<byte> value)
    {
        json.SkipValue();
        return json.TokenType is JsonTokenType.String && json.ValueTextEquals(value);
    }
}
