using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Recognises a provider's format by the first chunk of a stream.</summary>
internal static class DialectRecognizer
{
    /// <summary>Gives the format, or null for what is no chunk of any.</summary>
    /// <param name="utf8">The first chunk that is not empty.</param>
    public static LlmDialect? Recognize(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonChunk.IsObject(utf8, out var type) ? Recognize(utf8, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static LlmDialect? Recognize(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> type)
    {
        if (type.StartsWith("response."u8))
        {
            return LlmDialect.OpenAIResponses;
        }

        if (type.SequenceEqual("message_start"u8) || type.SequenceEqual("ping"u8))
        {
            return LlmDialect.Anthropic;
        }

        var isError = type.SequenceEqual("error"u8);
        LlmDialect? found = isError ? LlmDialect.Anthropic : null;
        var json = JsonChunk.Enter(utf8);
        while (json.NextProperty())
        {
            found = OfProperty(ref json, isError) ?? found;
        }

        return found;
    }

    private static LlmDialect? OfProperty(ref Utf8JsonReader json, bool isError)
    {
        if (json.ValueTextEquals("error"u8) && !isError)
        {
            return OfError(ref json);
        }

        if (json.ValueTextEquals("object"u8))
        {
            json.SkipValue();
            return !isError && json.TokenType is JsonTokenType.String && json.ValueTextEquals("error"u8)
                ? LlmDialect.OpenAIChat
                : null;
        }

        LlmDialect? named =
            json.ValueTextEquals("sequence_number"u8) ? isError ? LlmDialect.OpenAIResponses : null
            : isError ? null
            : json.ValueTextEquals("choices"u8) ? LlmDialect.OpenAIChat
            : json.ValueTextEquals("candidates"u8) || json.ValueTextEquals("promptFeedback"u8)
                || json.ValueTextEquals("usageMetadata"u8) ? LlmDialect.Gemini
            : json.ValueTextEquals("done"u8) ? LlmDialect.Ollama
            : null;
        json.SkipValue();
        return named is LlmDialect.Ollama && json.TokenType is not (JsonTokenType.True or JsonTokenType.False) ? null : named;
    }

    private static LlmDialect? OfError(ref Utf8JsonReader json)
    {
        if (!json.EnterObject())
        {
            return json.TokenType is JsonTokenType.String ? LlmDialect.Ollama : null;
        }

        var found = LlmDialect.OpenAIChat;
        while (json.NextProperty())
        {
            found = json.ValueTextEquals("status"u8) ? LlmDialect.Gemini : found;
            json.SkipValue();
        }

        return found;
    }
}
