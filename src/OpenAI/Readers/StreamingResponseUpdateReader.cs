#pragma warning disable OPENAI001 // The SDK may still change its types of Responses: then a new version of this package is due.
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Responses;

namespace LlmTracing.OpenAI.Readers;

/// <summary>Reads the updates of the OpenAI SDK's <c>ResponsesClient.CreateResponseStreamingAsync</c>.</summary>
internal sealed class StreamingResponseUpdateReader : IChunkReader<StreamingResponseUpdate>
{
    public void Read(StreamingResponseUpdate chunk, ref ChunkReading reading)
    {
        reading.Dialect = LlmDialect.OpenAIResponses;
        switch (chunk)
        {
            case StreamingResponseOutputTextDeltaUpdate text:
                reading.AppendText(text.Delta);
                break;
            case StreamingResponseOutputItemAddedUpdate added:
                ReadItem(added.Item, isWhole: false, ref reading);
                break;
            case StreamingResponseOutputItemDoneUpdate done:
                ReadItem(done.Item, isWhole: true, ref reading);
                break;
            case StreamingResponseCreatedUpdate created:
                ReadHead(created.Response, ref reading);
                break;
            case StreamingResponseCompletedUpdate completed:
                ReadEnd(completed.Response, "completed", ref reading);
                break;
            case StreamingResponseIncompleteUpdate incomplete:
                ReadEnd(incomplete.Response, "incomplete", ref reading);
                break;
            case StreamingResponseFailedUpdate failed:
                ReadEnd(failed.Response, "failed", ref reading);
                break;
            case StreamingResponseErrorUpdate error:
                ReadError(error, ref reading);
                break;
        }
    }

    private static void ReadItem(ResponseItem? item, bool isWhole, ref ChunkReading reading)
    {
        switch (item)
        {
            case FunctionCallResponseItem call:
                reading.CallTool(call.CallId, call.FunctionName);
                if (isWhole && reading.WantsArguments && call.FunctionArguments is { } arguments)
                {
                    reading.AppendArguments(arguments.ToMemory().Span);
                }

                break;
            case CustomToolCallItem call:
                reading.CallTool(call.CallId, call.ToolName);
                if (isWhole)
                {
                    reading.AppendArguments(call.Input);
                }

                break;
        }
    }

    private static void ReadHead(ResponseResult response, ref ChunkReading reading)
    {
        reading.ResponseId = response.Id ?? reading.ResponseId;
        reading.Model = response.Model ?? reading.Model;
    }

    private static void ReadEnd(ResponseResult response, string status, ref ChunkReading reading)
    {
        ReadHead(response, ref reading);
        reading.IsComplete = true;
        reading.FinishReason = response.IncompleteStatusDetails?.Reason?.ToString() ?? status;
        if (response.Usage is { } usage)
        {
            reading.Update(new LlmUsage(
                usage.InputTokenCount,
                usage.OutputTokenCount,
                usage.InputTokenDetails?.CachedTokenCount,

                // Older servers do not tell it, which the SDK makes 0.
                usage.InputTokenDetails is { CacheWriteTokenCount: > 0 and var written } ? written : null,
                usage.OutputTokenDetails?.ReasoningTokenCount));
        }

        if (response.Error is { } error)
        {
            reading.Fail(error.Code.ToString(), error.Message);
        }
    }

    // As documented it has its fields at the top, where the SDK reads them. The service itself was seen to nest them, which
    // the SDK only keeps: https://github.com/openai/openai-dotnet/issues/881
    private static void ReadError(StreamingResponseErrorUpdate error, ref ChunkReading reading) =>
        reading.ReadJson(
            LlmDialect.OpenAIResponses,
            ModelReaderWriter.Write(error, ModelReaderWriterOptions.Json, OpenAIContext.Default).ToMemory().Span);
}
