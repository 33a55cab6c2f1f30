using LlmTracing.Streaming.Content;
using Microsoft.Extensions.AI;

namespace LlmTracing.Streaming.Readers;

/// <summary>Reads the updates of any Microsoft.Extensions.AI chat client.</summary>
internal sealed class ChatResponseUpdateReader : IChunkReader<ChatResponseUpdate>
{
    // Where the Anthropic SDK's adapter puts them; the abstraction has no field for them.
    private const string CacheCreationInputTokens = "CacheCreationInputTokens";

    public void Read(ChatResponseUpdate chunk, ref ChunkReading reading)
    {
        reading.Model = chunk.ModelId ?? reading.Model;
        ReadResponseId(chunk.ResponseId, ref reading);
        reading.FinishReason = chunk.FinishReason?.Value ?? reading.FinishReason;

        // A provider's own chunks tell of tokens earlier than the contents do, and tell unknown from 0.
        if (chunk.RawRepresentation is { } raw)
        {
            ChunkReaders.ForRaw(raw)?.ReadUsage(raw, ref reading);
        }

        var contents = chunk.Contents;
        for (var i = 0; i < contents.Count; i++)
        {
            switch (contents[i])
            {
                case TextContent text:
                    reading.AppendText(text.Text);
                    break;
                case FunctionCallContent call:
                    ReadCall(call, ref reading);
                    break;
                case UsageContent usage when !reading.HasRawUsage:
                    reading.Update(ToUsage(usage.Details));
                    break;
            }
        }
    }

    // A client that runs tools itself asks the model again, and goes on in the same stream with the next answer.
    private static void ReadResponseId(string? id, ref ChunkReading reading)
    {
        if (string.IsNullOrEmpty(id) || id == reading.ResponseId)
        {
            return;
        }

        // Unless the one before was not over: some servers give each of their chunks another id.
        if (reading.ResponseId is not null && (reading.FinishReason is not null || reading.ToolCalls.Count > 0))
        {
            reading.BeginAnswer();
        }

        reading.ResponseId = id;
    }

    private static void ReadCall(FunctionCallContent call, ref ChunkReading reading)
    {
        // They come whole, and of a call that is told twice they are the same.
        if (reading.CallTool(call.CallId, call.Name) && reading.WantsArguments)
        {
            reading.AppendArguments(AnyJson.TextOf(call.Arguments, reading.Content!.Rules.MostCharactersSeen, out _));
        }
    }

    private static LlmUsage ToUsage(UsageDetails details) => new(
        details.InputTokenCount,
        details.OutputTokenCount,
        details.CachedInputTokenCount,
        details.AdditionalCounts?.TryGetValue(CacheCreationInputTokens, out var written) is true ? written : null,
        ReasoningTokens: details.ReasoningTokenCount)
    {
        TotalTokens = details.TotalTokenCount,
    };
}
