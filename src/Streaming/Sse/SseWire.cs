using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text.Json.Serialization.Metadata;
using LlmTracing.Streaming.Flow;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmTracing.Streaming.Sse;

/// <summary>Chunks as events, one for each, with a last one that tells how the stream ended.</summary>
internal sealed class SseWire<T, TWire>(
    HttpContext context, Func<T, SseItem<TWire>?> toWire, SseSettings settings) : IChunkWire<T>
{
    private readonly JsonTypeInfo<TWire>? _jsonType =
        typeof(TWire) == typeof(string) ? null : JsonTypeFor(context.RequestServices);

    public string MethodName => "Results.TracedSse";

    public bool PassesErrorsOn => false;

    public void Begin(SseFrameWriter frames)
    {
        SseHeaders.Apply(context);
        frames.WriteComment();
        if (settings.Retry is { } retry)
        {
            frames.WriteRetry(retry);
        }

        if (settings.TraceEvent && (SseProblem.TransactionOf(context) ?? Activity.Current) is { } span)
        {
            frames.WriteJson(new SseFields("trace"), new SseTrace(span.TraceId.ToHexString()), SseEventJson.Default.SseTrace);
        }
    }

    public void Write(T chunk, SseOutput output)
    {
        if (toWire(chunk) is { } item)
        {
            output.Write(item, _jsonType);
        }
    }

    public void Complete(SseFrameWriter frames, StreamTrace trace, string? traceId)
    {
        switch (settings.Completion)
        {
            case SseCompletion.Event:
                var usage = trace.Reading.Usage;
                var tokens = usage.IsEmpty ? null : new SseUsage(usage.InputTokens, usage.OutputTokens);
                var done = new SseDone(StreamOutcome.Completed.ToAttributeValue(), traceId, tokens);
                frames.WriteJson(new SseFields("done"), done, SseEventJson.Default.SseDone);
                break;
            case SseCompletion.OpenAiDone:
                frames.WriteText(default, "[DONE]");
                break;
            case SseCompletion.None:
                frames.FinishText();
                break;
        }
    }

    public async Task CutShortAsync(SseOutput output, SseError error, TimeSpan? retry)
    {
        output.Frames.WriteJson(
            new SseFields("error", ReconnectionInterval: retry), error, SseEventJson.Default.SseError);
        await output.FlushAsync();
    }

    private static JsonTypeInfo<TWire> JsonTypeFor(IServiceProvider services)
    {
        var options = services.GetService<IOptions<JsonOptions>>()?.Value ?? new JsonOptions();
        return (JsonTypeInfo<TWire>)options.SerializerOptions.GetTypeInfo(typeof(TWire));
    }
}
