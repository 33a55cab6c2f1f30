using System.Diagnostics;
using LlmTracing.Middleware.Journal;
using LlmTracing.Middleware.Termination;

namespace LlmTracing.Middleware.TraceView;

/// <summary>A transaction that has not ended, with what its streams have told by now.</summary>
internal static class RunningTransaction
{
    /// <summary>Adds it.</summary>
    /// <param name="transaction">The transaction as it stands.</param>
    /// <param name="progressOf">Gives how far the stream of a span has come, if it has one.</param>
    public static FinishedTransaction Of(FinishedTransaction transaction, Func<ActivitySpanId, StreamProgress?> progressOf)
    {
        var spans = transaction.Spans.Select(span => span.IsUnfinished && progressOf(span.SpanId) is { } progress
            ? WithProgress(span, progress)
            : span).ToList();
        return transaction with { Root = FinishedTotals.AddTo(transaction.Root, spans), Spans = spans };
    }

    private static FinishedSpan WithProgress(FinishedSpan span, in StreamProgress progress)
    {
        var attributes = new SpanAttributes(span.Attributes);
        attributes.SetProgress(progress);
        return span with { Attributes = attributes.All };
    }
}
