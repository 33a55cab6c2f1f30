using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads Gemini's <c>usageMetadata</c>: totals so far, of which the last counts as it is.</summary>
internal static class GeminiUsageJson
{
    public static void Read(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterObject())
        {
            return;
        }

        long? prompt = null, tools = null, cached = null, answer = null, thoughts = null, total = null;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("promptTokenCount"u8))
            {
                prompt = json.ReadCount();
            }
            else if (json.ValueTextEquals("toolUsePromptTokenCount"u8))
            {
                tools = json.ReadCount();
            }
            else if (json.ValueTextEquals("cachedContentTokenCount"u8))
            {
                cached = json.ReadCount();
            }
            else if (json.ValueTextEquals("candidatesTokenCount"u8))
            {
                answer = json.ReadCount();
            }
            else if (json.ValueTextEquals("thoughtsTokenCount"u8))
            {
                thoughts = json.ReadCount();
            }
            else if (json.ValueTextEquals("totalTokenCount"u8))
            {
                total = json.ReadCount();
            }
            else
            {
                json.SkipValue();
            }
        }

        // Its own total may count otherwise: ours is input plus output, as soon as both are known.
        var (input, output) = (LlmUsage.Sum(prompt, tools), LlmUsage.Sum(answer, thoughts));
        var usage = new LlmUsage(input, output, cached, ReasoningTokens: thoughts);
        usage = usage.TotalTokens is null ? usage with { TotalTokens = total } : usage;
        if (!usage.IsEmpty)
        {
            reading.Replace(usage);
        }
    }
}
