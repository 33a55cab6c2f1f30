using System.Collections.ObjectModel;
using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>Starts the span of an <see cref="LlmCall"/>, with what is known before the first chunk.</summary>
internal static class LlmCallSpan
{
    public static Activity? Start(LlmCall call)
    {
        var parent = SpanParent.Find(call.Parent);
        var name = call.Model is null ? call.Operation : $"{call.Operation} {call.Model}";
        var span = parent.Start(name, ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(LlmTracingAttributes.Parent, parent.FoundBy);
            SetAttributes(span, call);
        }

        return span;
    }

    private static void SetAttributes(Activity span, LlmCall call)
    {
        span.SetTag(GenAiAttributes.OperationName, call.Operation);
        span.SetTag(GenAiAttributes.RequestStream, true);
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
