using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace LlmTracing.OpenAI.Readers;

/// <summary>Reads the updates of the OpenAI SDK's <c>ChatClient.CompleteChatStreamingAsync</c>.</summary>
internal sealed class StreamingChatCompletionUpdateReader : IChunkReader<StreamingChatCompletionUpdate>
{
    public void Read(StreamingChatCompletionUpdate chunk, ref ChunkReading reading)
    {
        reading.Dialect = LlmDialect.OpenAIChat;

        // Azure's first chunk, of its content filter, leaves both empty.
        reading.Model = NullIfEmpty(chunk.Model) ?? reading.Model;
        reading.ResponseId = NullIfEmpty(chunk.CompletionId) ?? reading.ResponseId;
        if (chunk.FinishReason is { } reason)
        {
            reading.FinishReason = NameOf(reason);
            reading.IsComplete = true;
        }

        for (var i = 0; i < chunk.ContentUpdate.Count; i++)
        {
            reading.AppendText(chunk.ContentUpdate[i].Text);
        }

        ReadToolCalls(chunk.ToolCallUpdates, ref reading);
        ReadFunctionCall(chunk, ref reading);

        // The last chunk's, if the request asked for it; some compatible servers send a running total with each.
        if (chunk.Usage is { } usage)
        {
            reading.Update(ToUsage(usage));
        }
        else if (IsEmpty(chunk))
        {
            ReadError(chunk, ref reading);
        }
    }

    // Some servers give no id: what says anything else is no error, and need not be written again to see that.
    private static bool IsEmpty(StreamingChatCompletionUpdate chunk) =>
        chunk.FinishReason is null
        && string.IsNullOrEmpty(chunk.CompletionId)
        && string.IsNullOrEmpty(chunk.Model)
        && chunk.ContentUpdate.Count == 0
        && chunk.ToolCallUpdates.Count == 0;

    private static void ReadToolCalls(IReadOnlyList<StreamingChatToolCallUpdate> calls, ref ChunkReading reading)
    {
        for (var i = 0; i < calls.Count; i++)
        {
            // What has neither goes on with the arguments of a call that is known.
            var (id, name) = (NullIfEmpty(calls[i].ToolCallId), NullIfEmpty(calls[i].FunctionName));
            if (id is not null || name is not null)
            {
                reading.CallTool(id, name, calls[i].Index);
            }

            if (reading.WantsArguments && calls[i].FunctionArgumentsUpdate is { } arguments)
            {
                reading.AppendArguments(arguments.ToMemory().Span, calls[i].Index);
            }
        }
    }

#pragma warning disable CS0618 // Replaced by calls of tools, and still what older models and servers send.
    private static void ReadFunctionCall(StreamingChatCompletionUpdate chunk, ref ChunkReading reading)
    {
        if (chunk.FunctionCallUpdate is not { } call)
        {
            return;
        }

        // It has no id, and the pieces of its arguments have no name.
        if (NullIfEmpty(call.FunctionName) is { } name)
        {
            reading.CallTool(id: null, name);
        }

        if (reading.WantsArguments && call.FunctionArgumentsUpdate is { } arguments)
        {
            reading.AppendArguments(arguments.ToMemory().Span);
        }
    }
#pragma warning restore CS0618

    // The SDK makes an empty update of an error in the middle of a stream, and ends the stream normally. What it does not
    // know it keeps, and writes again.
    private static void ReadError(StreamingChatCompletionUpdate chunk, ref ChunkReading reading)
    {
#pragma warning disable OPENAI001 // What else writes it needs reflection, which a trimmed app has not.
        var json = ModelReaderWriter.Write(chunk, ModelReaderWriterOptions.Json, OpenAIContext.Default);
#pragma warning restore OPENAI001
        reading.ReadJson(LlmDialect.OpenAIChat, json.ToMemory().Span);
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static LlmUsage ToUsage(ChatTokenUsage usage)
    {
        var reasoning = usage.OutputTokenDetails?.ReasoningTokenCount;

        // xAI counts reasoning beside the completion, which its total shows:
        // https://docs.x.ai/docs/key-information/consumption-and-rate-limits
        var isBeside = reasoning > 0
            && usage.TotalTokenCount == usage.InputTokenCount + usage.OutputTokenCount + reasoning;
        return new LlmUsage(
            usage.InputTokenCount,
            usage.OutputTokenCount + (isBeside ? reasoning : 0),
            usage.InputTokenDetails?.CachedTokenCount,
            usage.InputTokenDetails is { } details ? CacheWriteOf(details) : null,
            reasoning);
    }

#pragma warning disable SCME0001 // The SDK has no property for it yet, and keeps what it does not know here.
    private static long? CacheWriteOf(ChatInputTokenUsageDetails details) =>
        details.Patch.Contains("$.cache_write_tokens"u8)
        && details.Patch.TryGetNullableValue("$.cache_write_tokens"u8, out long? written)
            ? written
            : null;
#pragma warning restore SCME0001

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
