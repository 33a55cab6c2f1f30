using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming.Flow;

/// <summary>Starts the span of a stream, whatever its listeners do.</summary>
internal static class StreamSpan
{
    /// <summary>Gives the span, if anyone listens, and the context to run the source in.</summary>
    public static (Activity? Span, FlowContext Context) Start(LlmCall call, SpanParent madeUnder, ILoggerFactory loggers)
    {
        if (!LlmTrace.Source.HasListeners())
        {
            return default;
        }

        try
        {
            var parent = madeUnder.AsOfNow(call.Parent);
            return Isolated.Run((call, parent, loggers), static made => StartHere(made.call, made.parent, made.loggers));
        }
        catch (Exception exception)
        {
            // Another listener's fault: the answer goes on without its span.
            Log.TracingFailed(Log.For(loggers), exception);
            return default;
        }
    }

    private static (Activity? Span, FlowContext Context) StartHere(LlmCall call, in SpanParent parent, ILoggerFactory loggers)
    {
        var span = LlmCallSpan.StartStreamed(call, parent, loggers);

        // Where its span is not recorded, what the source calls still belongs to the parent's trace.
        var current = span ?? SpanParent.NearestOpen(parent.Activity);
        return (span, current is null ? default : FlowContext.CaptureWith(current));
    }
}
