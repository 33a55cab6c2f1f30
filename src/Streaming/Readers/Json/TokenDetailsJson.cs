using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads the details that OpenAI and Anthropic give beside their whole counts.</summary>
internal static class TokenDetailsJson
{
    public static void Read(ref Utf8JsonReader json, ref long? cached, ref long? written, ref long? reasoning)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.ValueTextEquals("cached_tokens"u8))
            {
                cached = json.ReadCount();
            }
            else if (json.ValueTextEquals("cache_write_tokens"u8))
            {
                written = json.ReadCount();
            }
            else if (json.ValueTextEquals("reasoning_tokens"u8) || json.ValueTextEquals("thinking_tokens"u8))
            {
                reasoning = json.ReadCount();
            }
            else
            {
                json.SkipValue();
            }
        }
    }
}
