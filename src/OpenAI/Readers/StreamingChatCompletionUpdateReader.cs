using OpenAI.Chat;

namespace LlmTracing.OpenAI.Readers;

/// <summary>Reads the updates of the OpenAI SDK's <c>ChatClient.CompleteChatStreamingAsync</c>.</summary>
internal sealed class StreamingChatCompletionUpdateReader : IChunkReader<StreamingChatCompletionUpdate>
{
    public void Read(StreamingChatCompletionUpdate chunk, ref ChunkReading reading)
    {
        // Azure's first chunk, of its content filter, leaves both empty.
        reading.Model = NullIfEmpty(chunk.Model) ?? reading.Model;
        reading.ResponseId = NullIfEmpty(chunk.CompletionId) ?? reading.ResponseId;
        if (chunk.FinishReason is { } reason)
        {
            reading.FinishReason = NameOf(reason);
        }

        for (var i = 0; i < chunk.ContentUpdate.Count; i++)
        {
            reading.TextLength += chunk.ContentUpdate[i].Text?.Length ?? 0;
        }

        // The last chunk's, if the request asked for it; some compatible servers send a running total with each.
        if (chunk.Usage is { } usage)
        {
            reading.Update(ToUsage(usage));
        }
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static LlmUsage ToUsage(ChatTokenUsage usage) => new(
        usage.InputTokenCount,
        usage.OutputTokenCount,
        usage.InputTokenDetails?.CachedTokenCount,
        ReasoningTokens: usage.OutputTokenDetails?.ReasoningTokenCount);

    // The protocol's own words: https://platform.openai.com/docs/api-reference/chat/streaming.
    private static string NameOf(ChatFinishReason reason) => reason switch
    {
        ChatFinishReason.Stop => "stop",
        ChatFinishReason.Length => "length",
        ChatFinishReason.ContentFilter => "content_filter",
        ChatFinishReason.ToolCalls => "tool_calls",
        ChatFinishReason.FunctionCall => "function_call",
        _ => reason.ToString(),
    };
}
