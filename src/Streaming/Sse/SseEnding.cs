using System.Diagnostics;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Streaming.Sse;

/// <summary>Tells how a stream ended: the transaction, the log, and the client in its last event.</summary>
internal sealed class SseEnding(HttpContext context, StreamTrace trace, SseFrameWriter frames)
{
    private readonly Activity? _transaction = context.Features.Get<ILlmTraceFeature>()?.Transaction
        ?? context.Features.Get<IHttpActivityFeature>()?.Activity;

    private string? TraceId => (_transaction ?? trace.Activity)?.TraceId.ToHexString();

    /// <summary>Marks the transaction, logs, and writes the last event.</summary>
    /// <returns>Whether there is one to flush.</returns>
    public bool Report(SseCompletion completion)
    {
        var outcome = trace.Outcome!.Value;
        MarkTransaction(outcome);
        if (trace.Failure is { } failure)
        {
            Log.StreamFailed(Log.For(trace.Loggers), failure, TraceId);
            WriteError(outcome, failure);
            return true;
        }

        if (outcome == StreamOutcome.Completed)
        {
            WriteDone(completion);
            return true;
        }

        Log.StreamEndedEarly(Log.For(trace.Loggers), TraceId, outcome);
        return false;
    }

    private void MarkTransaction(StreamOutcome outcome)
    {
        if (_transaction is { IsAllDataRequested: true })
        {
            _transaction.SetTag(LlmTracingAttributes.StreamOutcome, outcome.ToAttributeValue());
        }

        if (trace.Failure is { } failure)
        {
            _transaction?.SetFailedBeneath(failure);
        }
    }

    private void WriteDone(SseCompletion completion)
    {
        switch (completion)
        {
            case SseCompletion.Event:
                var usage = trace.Reading.Usage;
                var tokens = usage.IsEmpty ? null : new SseUsage(usage.InputTokens, usage.OutputTokens);
                var done = new SseDone(StreamOutcome.Completed.ToAttributeValue(), TraceId, tokens);
                frames.WriteJson(new SseFields("done"), done, SseEndingJson.Default.SseDone);
                break;
            case SseCompletion.OpenAiDone:
                frames.WriteText(default, "[DONE]");
                break;
        }
    }

    private void WriteError(StreamOutcome outcome, Exception failure)
    {
        // An exception's text may name hosts, keys or prompts: it is for the developer's own eyes.
        var isDevelopment = context.RequestServices.GetService<IHostEnvironment>()?.IsDevelopment() ?? false;
        var message = isDevelopment ? failure.Message : "The response could not be completed.";
        var error = new SseError(outcome.ToAttributeValue(), message, TraceId);
        frames.WriteJson(new SseFields("error"), error, SseEndingJson.Default.SseError);
    }
}
