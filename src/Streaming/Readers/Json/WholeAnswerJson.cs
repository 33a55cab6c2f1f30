using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads answers that were not streamed, where they look other than a chunk does.</summary>
/// <remarks>Those of Gemini and Ollama look like their last chunk. Of those of Responses and Anthropic no text and no tools are read.</remarks>
internal static class WholeAnswerJson
{
    /// <summary>Notes what a whole answer tells.</summary>
    /// <param name="utf8">An object, which may be anything.</param>
    /// <param name="reading">What is known so far.</param>
    /// <returns>Whether it is such an answer; else nothing was noted.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8, ref ChunkReading reading)
    {
        try
        {
            if (DialectOf(utf8) is not { } dialect || (reading.Dialect ?? dialect) != dialect)
            {
                return false;
            }

            (reading.Dialect, reading.Format) = (dialect, ChunkFormat.ProviderJson);
            var json = JsonChunk.Enter(utf8);
            switch (dialect)
            {
                case LlmDialect.OpenAIChat:
                    OpenAIChatJson.Read(ref json, ref reading);
                    ReadMessages(JsonChunk.Enter(utf8), ref reading);
                    break;
                case LlmDialect.OpenAIResponses:
                    OpenAIResponseJson.Read(ref json, isEnd: true, ref reading);
                    reading.IsComplete = true;
                    break;
                default:
                    ReadMessage(ref json, ref reading);
                    break;
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is for text that is no UTF-8, or half a character, in a field that must be read.
            return false;
        }
    }

    private static LlmDialect? DialectOf(ReadOnlySpan<byte> utf8)
    {
        if (!JsonChunk.IsObject(utf8, out var type))
        {
            return null;
        }

        if (type.SequenceEqual("message"u8))
        {
            return LlmDialect.Anthropic;
        }

        var json = JsonChunk.Enter(utf8);
        while (json.NextProperty())
        {
            var isKind = json.ValueTextEquals("object"u8);
            json.SkipValue();
            if (isKind && json.TokenType is JsonTokenType.String)
            {
                return json.ValueTextEquals("response"u8) ? LlmDialect.OpenAIResponses
                    : json.ValueTextEquals("chat.completion"u8) ? LlmDialect.OpenAIChat
                    : null;
            }
        }

        return null;
    }

    // What is "delta" in a chunk is "message" here, and only here: some servers send both in a chunk, the text of all before
    // it in the second.
    private static void ReadMessages(Utf8JsonReader json, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (!json.ValueTextEquals("choices"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterArray())
            {
                while (json.NextObject())
                {
                    ReadChoice(ref json, JsonFields.FindIndex(json), ref reading);
                }
            }
        }
    }

    private static void ReadChoice(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("message"u8))
            {
                OpenAIChatJson.ReadDelta(ref json, choice, ref reading);
            }
            else
            {
                json.SkipValue();
            }
        }
    }

    private static void ReadMessage(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("id"u8))
            {
                reading.ResponseId = json.ReadText();
            }
            else if (json.ValueTextEquals("model"u8))
            {
                reading.Model = json.ReadText();
            }
            else if (json.ValueTextEquals("stop_reason"u8))
            {
                reading.FinishReason = json.ReadText();
                reading.IsComplete = reading.FinishReason is not null;
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                reading.UpdateBesideCache(AnthropicJson.ReadUsage(ref json));
            }
            else
            {
                json.SkipValue();
            }
        }
    }
}
