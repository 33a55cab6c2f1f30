using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads the lines of Ollama's own API.</summary>
/// <remarks>https://docs.ollama.com/api/chat, and /api/generate, which has its text elsewhere.</remarks>
internal static class OllamaJson
{
    private static readonly JsonNames Names = new("done", "tool_calls", "error");

    public static bool IsOfUse(ReadOnlySpan<byte> chunk, in ChunkReading reading) =>
        Names.AnyHasValue(chunk) || (reading.Model is null && chunk.HasValue("\"model\""u8));

    public static void Read(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        string? reason = null;
        long? input = null, output = null, cached = null;
        var isDone = false;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("model"u8))
            {
                reading.Model = json.ReadText(reading.Model) ?? reading.Model;
            }
            else if (json.ValueTextEquals("message"u8))
            {
                ReadMessage(ref json, ref reading);
            }
            else if (json.ValueTextEquals("response"u8))
            {
                json.ReadAnswerText(choice: 0, ref reading);
            }
            else if (json.ValueTextEquals("done"u8))
            {
                isDone = json.ReadIsTrue();
            }
            else if (json.ValueTextEquals("done_reason"u8))
            {
                reason = json.ReadText();
            }
            else if (json.ValueTextEquals("prompt_eval_count"u8))
            {
                input = json.ReadCount();
            }
            else if (json.ValueTextEquals("prompt_eval_cached_count"u8))
            {
                cached = json.ReadCount();
            }
            else if (json.ValueTextEquals("eval_count"u8))
            {
                output = json.ReadCount();
            }
            else if (json.ValueTextEquals("error"u8))
            {
                ReadError(ref json, ref reading);
            }
            else
            {
                json.SkipValue();
            }
        }

        if (isDone)
        {
            reading.IsComplete = true;
            reading.FinishReason = reason ?? reading.FinishReason;
            reading.Update(new LlmUsage(input, output, cached));
        }
    }

    private static void ReadMessage(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.ValueTextEquals("content"u8))
            {
                json.ReadAnswerText(choice: 0, ref reading);
            }
            else if (json.ValueTextEquals("tool_calls"u8))
            {
                FunctionCallJson.ReadCalls(ref json, choice: 0, ref reading);
            }
            else
            {
                json.SkipValue();
            }
        }
    }

    private static void ReadError(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        var error = default(JsonError);
        if (error.Read(ref json))
        {
            reading.Fail(error.Type ?? error.Code, error.Message);
        }
    }
}
