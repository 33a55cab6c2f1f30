using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads the chunks of a stream that are a provider's JSON, one object each.</summary>
internal static class ProviderJson
{
    /// <summary>Notes what a chunk tells. The format is recognised by the first, unless it is known.</summary>
    /// <param name="utf8">The data of an event, or a line, whole.</param>
    /// <param name="reading">What the chunks before it told.</param>
    public static void Read(ReadOnlySpan<byte> utf8, ref ChunkReading reading)
    {
        var chunk = JsonChunk.Trim(utf8);
        if (chunk.IsEmpty)
        {
            return;
        }

        if (reading.Format is ChunkFormat.Unknown)
        {
            reading.Dialect ??= DialectRecognizer.Recognize(chunk);
            reading.Format = reading.Dialect is null ? ChunkFormat.PlainText : ChunkFormat.ProviderJson;
        }

        if (reading.Format is not ChunkFormat.ProviderJson)
        {
            return;
        }

        if (chunk.SequenceEqual("[DONE]"u8))
        {
            reading.IsComplete |= reading.Dialect is LlmDialect.OpenAIChat;
        }
        else if (chunk is not [(byte)'{', .., (byte)'}'] || ((reading.WantsText || IsOfUse(chunk, reading)) && !TryParse(chunk, ref reading)))
        {
            reading.IsMalformed = true;
        }
    }

    /// <summary>Notes what a chunk of text tells.</summary>
    /// <param name="text">The data of an event, or a line, whole.</param>
    /// <param name="reading">What the chunks before it told.</param>
    public static void Read(string text, ref ChunkReading reading)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            Read(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), ref reading);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    private static bool IsOfUse(ReadOnlySpan<byte> chunk, in ChunkReading reading) => reading.Dialect switch
    {
        LlmDialect.OpenAIChat => OpenAIChatJson.IsOfUse(chunk, reading),
        LlmDialect.OpenAIResponses => OpenAIResponsesJson.IsOfUse(chunk),
        LlmDialect.Anthropic => AnthropicJson.IsOfUse(chunk),
        LlmDialect.Gemini => GeminiJson.IsOfUse(chunk, reading),
        _ => OllamaJson.IsOfUse(chunk, reading),
    };

    private static bool TryParse(ReadOnlySpan<byte> chunk, ref ChunkReading reading)
    {
        try
        {
            if (!JsonChunk.IsObject(chunk, out var type))
            {
                return false;
            }

            Parse(JsonChunk.Enter(chunk), type, ref reading);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is for text that is no UTF-8, or half a character, in a field that must be read.
            return false;
        }
    }

    private static void Parse(Utf8JsonReader json, ReadOnlySpan<byte> type, ref ChunkReading reading)
    {
        switch (reading.Dialect)
        {
            case LlmDialect.OpenAIChat:
                OpenAIChatJson.Read(ref json, ref reading);
                break;
            case LlmDialect.OpenAIResponses:
                OpenAIResponsesJson.Read(ref json, type, ref reading);
                break;
            case LlmDialect.Anthropic:
                AnthropicJson.Read(ref json, type, ref reading);
                break;
            case LlmDialect.Gemini:
                GeminiJson.Read(ref json, ref reading);
                break;
            default:
                OllamaJson.Read(ref json, ref reading);
                break;
        }
    }
}
