using System.Collections.ObjectModel;
using System.Diagnostics;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>The name and attributes that the span of an <see cref="LlmCall"/> has from its start.</summary>
internal static class LlmCallSpan
{
    public const ActivityKind Kind = ActivityKind.Client;

    public static string NameOf(LlmCall call) => call.Model is null ? call.Operation : $"{call.Operation} {call.Model}";

    public static Activity? StartStreamed(LlmCall call, SpanParent parent)
    {
        var span = parent.Start(NameOf(call), Kind);
        if (span is { IsAllDataRequested: true })
        {
            SetAttributes(span, call);
            span.SetTag(GenAiAttributes.RequestStream, true);
            InputContent.Set(span, call);
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
