using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>What an exception makes of a span that is no stream.</summary>
internal static class SpanFailure
{
    public static void Set(Activity span, Exception exception)
    {
        var outcome = OutcomeOf(exception);
        if (outcome is null or StreamOutcome.UpstreamTimedOut)
        {
            span.SetFailure(exception);
        }

        if (span.IsAllDataRequested)
        {
            span.SetKnown(LlmTracingAttributes.StreamOutcome, outcome?.ToAttributeValue());
        }
    }

    // Null is a failure like any other, which has no outcome of a stream's.
    private static StreamOutcome? OutcomeOf(Exception exception) => exception switch
    {
        _ when CurrentRequest.ClientLeft.IsCancellationRequested => StreamOutcome.ClientDisconnected,
        _ when UpstreamFailure.IsTimeout(exception) => StreamOutcome.UpstreamTimedOut,
        OperationCanceledException { CancellationToken.IsCancellationRequested: true } => StreamOutcome.Abandoned,
        _ => null,
    };
}
