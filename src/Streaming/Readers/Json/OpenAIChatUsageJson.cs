using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads the <c>usage</c> of chat completions: running or final totals.</summary>
internal static class OpenAIChatUsageJson
{
    public static void Read(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterObject())
        {
            return;
        }

        long? input = null, output = null, total = null;
        (long? cached, long? written, long? reasoning) = (null, null, null);
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("prompt_tokens"u8))
            {
                input = json.ReadCount();
            }
            else if (json.ValueTextEquals("completion_tokens"u8))
            {
                output = json.ReadCount();
            }
            else if (json.ValueTextEquals("total_tokens"u8))
            {
                total = json.ReadCount();
            }
            else if (json.ValueTextEquals("cached_tokens"u8) || json.ValueTextEquals("prompt_cache_hit_tokens"u8))
            {
                // Of Moonshot's and DeepSeek's, beside or in place of the details.
                cached = json.ReadCount() ?? cached;
            }
            else if (json.ValueTextEquals("prompt_tokens_details"u8)
                || json.ValueTextEquals("completion_tokens_details"u8))
            {
                TokenDetailsJson.Read(ref json, ref cached, ref written, ref reasoning);
            }
            else
            {
                json.SkipValue();
            }
        }

        // xAI counts reasoning beside the completion, which its total shows:
        // https://docs.x.ai/docs/key-information/consumption-and-rate-limits
        if (reasoning > 0 && total == input + output + reasoning)
        {
            output = LlmUsage.Sum(output, reasoning);
        }

        reading.Update(new LlmUsage(input, output, cached, written, reasoning) { TotalTokens = total });
    }
}
