using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads events of Anthropic's messages.</summary>
/// <remarks>https://platform.claude.com/docs/en/build-with-claude/streaming.</remarks>
internal static class AnthropicJson
{
    public static bool IsOfUse(ReadOnlySpan<byte> chunk) =>
        !chunk.StartsWith("{\"type\":\"content_block_delta\""u8)
        && (chunk.Has("\"message"u8) || chunk.Has("\"tool_use\""u8) || chunk.HasValue("\"error\""u8));

    public static void Read(ref Utf8JsonReader json, ReadOnlySpan<byte> type, ref ChunkReading reading)
    {
        if (type.SequenceEqual("message_start"u8))
        {
            ReadStart(ref json, ref reading);
        }
        else if (type.SequenceEqual("content_block_start"u8))
        {
            AnthropicBlockJson.ReadStart(ref json, ref reading);
        }
        else if (type.SequenceEqual("content_block_delta"u8))
        {
            AnthropicBlockJson.ReadDelta(ref json, ref reading);
        }
        else if (type.SequenceEqual("message_delta"u8))
        {
            ReadDelta(ref json, ref reading);
        }
        else if (type.SequenceEqual("message_stop"u8))
        {
            reading.IsComplete = true;
        }
        else if (type.SequenceEqual("error"u8))
        {
            ReadError(ref json, ref reading);
        }
    }

    private static void ReadStart(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (!json.ValueTextEquals("message"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterObject())
            {
                // The second of a stream is a gateway's that begins again, elsewhere, what broke off.
                reading.BeginAgain();
                ReadMessage(ref json, ref reading);
            }
        }
    }

    private static void ReadMessage(ref Utf8JsonReader json, ref ChunkReading reading)
    {
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
            else if (json.ValueTextEquals("usage"u8))
            {
                // Counted before there was an answer: its output is none.
                reading.UpdateBesideCache(ReadUsage(ref json) with { OutputTokens = null });
            }
            else
            {
                json.SkipValue();
            }
        }
    }

    private static void ReadDelta(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("usage"u8))
            {
                reading.UpdateBesideCache(ReadUsage(ref json));
            }
            else if (!json.ValueTextEquals("delta"u8))
            {
                json.SkipValue();
            }
            else if (json.EnterObject())
            {
                ReadStopReason(ref json, ref reading);
            }
        }
    }

    private static void ReadStopReason(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("stop_reason"u8))
            {
                reading.FinishReason = json.ReadText() ?? reading.FinishReason;
            }
            else
            {
                json.SkipValue();
            }
        }
    }

    /// <summary>Reads a report of tokens: its input leaves out what the cache was read for and written with.</summary>
    public static LlmUsage ReadUsage(ref Utf8JsonReader json)
    {
        if (!json.EnterObject())
        {
            return default;
        }

        long? input = null, output = null, read = null, written = null, reasoning = null, none = null;
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
            else if (json.ValueTextEquals("cache_read_input_tokens"u8))
            {
                read = json.ReadCount();
            }
            else if (json.ValueTextEquals("cache_creation_input_tokens"u8))
            {
                written = json.ReadCount();
            }
            else if (json.ValueTextEquals("output_tokens_details"u8))
            {
                TokenDetailsJson.Read(ref json, ref none, ref none, ref reasoning);
            }
            else
            {
                json.SkipValue();
            }
        }

        return new LlmUsage(input, output, read, written, reasoning);
    }

    private static void ReadError(ref Utf8JsonReader json, ref ChunkReading reading)
    {
        while (json.NextProperty())
        {
            if (!json.ValueTextEquals("error"u8))
            {
                json.SkipValue();
                continue;
            }

            var error = default(JsonError);
            if (error.Read(ref json))
            {
                reading.Fail(error.Type, error.Message);
            }
        }
    }
}
