using System.Collections.ObjectModel;
using System.Diagnostics;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming.Flow;

/// <summary>The name and attributes that the span of an <see cref="LlmCall"/> has from its start.</summary>
internal static class LlmCallSpan
{
    public const ActivityKind Kind = ActivityKind.Client;

    public static string NameOf(LlmCall call) => call.Model is null ? call.Operation : $"{call.Operation} {call.Model}";

    public static Activity? StartStreamed(LlmCall call, SpanParent parent, ILoggerFactory loggers)
    {
        var span = parent.Start(NameOf(call), Kind);
        try
        {
            if (span is { IsAllDataRequested: true })
            {
                span.SetTag(GenAiAttributes.RequestStream, true);
                SetAttributes(span, call);
                InputContent.Set(span, call);
            }
        }
        catch (Exception exception)
        {
            // An attribute's that the app computes: the span has been started, and goes on with those that it has.
            Log.TracingFailed(Log.For(loggers), exception);
        }

        return span;
    }

    public static void SetAttributes(Activity span, LlmCall call)
    {
        span.SetTag(GenAiAttributes.OperationName, call.Operation);
        span.SetKnown(GenAiAttributes.ProviderName, call.Provider);
        span.SetKnown(GenAiAttributes.RequestModel, call.Model);
        span.SetKnown(GenAiAttributes.PipelineName, call.Pipeline);
        span.SetKnown(GenAiAttributes.AgentName, call.Agent);
        span.SetKnown(GenAiAttributes.ConversationId, call.ConversationId);
        span.SetKnown(GenAiAttributes.RequestTemperature, call.Temperature);
        span.SetKnown(GenAiAttributes.RequestTopP, call.TopP);
        span.SetKnown(GenAiAttributes.RequestMaxTokens, call.MaxOutputTokens);
        span.SetKnown(GenAiAttributes.ServerAddress, call.ServerAddress);
        span.SetKnown(GenAiAttributes.ServerPort, call.ServerPort);
        foreach (var (key, value) in call.Attributes ?? ReadOnlyDictionary<string, object?>.Empty)
        {
            span.SetKnown(key, value);
        }
    }
}
