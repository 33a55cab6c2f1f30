using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads chunks of Gemini's <c>streamGenerateContent</c>.</summary>
/// <remarks>https://ai.google.dev/api/generate-content.</remarks>
internal static class GeminiJson
{
    private static readonly JsonNames Names =
        new("usageMetadata", "finishReason", "functionCall", "error", "promptFeedback");

    public static bool IsOfUse(ReadOnlySpan<byte> chunk, in ChunkReading reading) =>
        Names.AnyHasValue(chunk)
        || (reading.Model is null && chunk.HasValue("\"modelVersion\""u8))
        || (reading.ResponseId is null && chunk.HasValue("\"responseId\""u8));

    public static void Read(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("candidates"u8))
            {
                GeminiCandidateJson.ReadAll(ref json, ref reading);
            }
            else if (json.ValueTextEquals("usageMetadata"u8))
            {
                GeminiUsageJson.Read(ref json, ref reading);
            }
            else if (json.ValueTextEquals("modelVersion"u8))
            {
                reading.Model = json.ReadText(reading.Model) ?? reading.Model;
            }
            else if (json.ValueTextEquals("responseId"u8))
            {
                reading.ResponseId = json.ReadText(reading.ResponseId) ?? reading.ResponseId;
            }
            else if (json.ValueTextEquals("promptFeedback"u8))
            {
                ReadFeedback(ref json, ref reading);
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
    }

    private static void ReadFeedback(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.ValueTextEquals("blockReason"u8))
            {
                reading.IsComplete |= json.ReadText() is not null;
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
            reading.Fail(error.Status ?? error.Code, error.Message);
        }
    }
}
