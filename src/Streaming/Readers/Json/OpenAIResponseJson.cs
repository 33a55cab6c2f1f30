using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads the <c>response</c> of those events of OpenAI's Responses that show it whole.</summary>
internal static class OpenAIResponseJson
{
    public static void Read(ref Utf8JsonReader json, bool isEnd, ref ChunkReading reading)
    {
        string? status = null, reason = null;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("id"u8))
            {
                reading.ResponseId = json.ReadText(reading.ResponseId) ?? reading.ResponseId;
            }
            else if (json.ValueTextEquals("model"u8))
            {
                reading.Model = json.ReadText(reading.Model) ?? reading.Model;
            }
            else if (!isEnd)
            {
                json.SkipValue();
            }
            else if (json.ValueTextEquals("status"u8))
            {
                status = json.ReadText();
            }
            else if (json.ValueTextEquals("incomplete_details"u8))
            {
                reason = ReadReason(ref json);
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                ReadUsage(ref json, ref reading);
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

        reading.FinishReason = reason ?? status ?? reading.FinishReason;
    }

    private static string? ReadReason(ref Utf8JsonReader json)
    {
        string? reason = null;
        if (json.EnterObject())
        {
            while (json.NextProperty())
            {
                if (json.ValueTextEquals("reason"u8))
                {
                    reason = json.ReadText();
                }
                else
                {
                    json.SkipValue();
                }
            }
        }

        return reason;
    }

    private static void ReadUsage(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        if (!json.EnterObject())
        {
            return;
        }

        long? input = null, output = null, total = null;
        (long? cached, long? written, long? reasoning) = (null, null, null);
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("input_tokens"u8))
            {
                input = json.ReadCount();
            }
            else if (json.ValueTextEquals("output_tokens"u8))
            {
                output = json.ReadCount();
            }
            else if (json.ValueTextEquals("total_tokens"u8))
            {
                total = json.ReadCount();
            }
            else if (json.ValueTextEquals("input_tokens_details"u8) || json.ValueTextEquals("output_tokens_details"u8))
            {
                TokenDetailsJson.Read(ref json, ref cached, ref written, ref reasoning);
            }
            else
            {
                json.SkipValue();
            }
        }

        reading.Update(new LlmUsage(input, output, cached, written, reasoning) { TotalTokens = total });
    }

    private static void ReadError(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        var error = default(JsonError);
        if (error.Read(ref json))
        {
            reading.Fail(error.Code ?? error.Type, error.Message);
        }
    }
}
