using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>What an exception makes of a span that is no stream.</summary>
internal static class SpanFailure
{
    public static void Set(Activity span, Exception exception)
    {
        var outcome = OutcomeOf(exception);
        if (IsFailure(outcome))
        {
            span.SetFailure(exception);
        }

        if (span.IsAllDataRequested)
        {
            span.SetKnown(LlmTracingAttributes.StreamOutcome, outcome?.ToAttributeValue());
        }
    }

    /// <summary>Gives the class of a failure, or null where a call ended because it was not wanted any more.</summary>
    public static string? ErrorTypeOf(Exception exception) =>
        IsFailure(OutcomeOf(exception)) ? ActivityExtensions.ErrorTypeOf(exception) : null;

    private static bool IsFailure(StreamOutcome? outcome) => outcome is null or StreamOutcome.UpstreamTimedOut;

    // Null is a failure like any other, which has no outcome of a stream's.
    private static StreamOutcome? OutcomeOf(Exception exception) => exception switch
    {
        _ when CurrentRequest.ClientLeft.IsCancellationRequested => StreamOutcome.ClientDisconnected,
        _ when UpstreamFailure.IsTimeout(exception) => StreamOutcome.UpstreamTimedOut,
        OperationCanceledException { CancellationToken.IsCancellationRequested: true } => StreamOutcome.Abandoned,
        _ => null,
    };
}
