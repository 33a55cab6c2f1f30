using System.Diagnostics;
using LlmTracing.Middleware.Journal;

namespace LlmTracing.Middleware.Termination;

/// <summary>Ends the spans of a transaction that were open when their process was terminated.</summary>
internal static class TerminatedTransaction
{
    private static readonly string[] CutShort = ["error"];

    /// <summary>Ends them, as <c>process_terminated</c>, with what their streams had told.</summary>
    /// <param name="transaction">The transaction. Each open span ends at the last sign of life of its own.</param>
    /// <param name="progressOf">Gives how far the stream of a span has come, if it has one.</param>
    /// <param name="cause">The exception that terminated the process, if one did.</param>
    public static FinishedTransaction Close(
        FinishedTransaction transaction,
        Func<ActivitySpanId, StreamProgress?> progressOf,
        FinishedError? cause = null)
    {
        FinishedSpan[] spans = [transaction.Root, .. transaction.Spans];
        var open = new HashSet<ActivitySpanId>(spans.Where(static span => span.IsUnfinished).Select(static span => span.SpanId));
        for (var i = 0; i < spans.Length; i++)
        {
            if (spans[i].IsUnfinished)
            {
                spans[i] = End(spans[i], progressOf(spans[i].SpanId));
            }
        }

        EndParentsAfterChildren(spans, open);
        spans[0] = FinishedTotals.AddTo(spans[0], spans[1..]);
        if (cause is not null && open.Contains(spans[0].SpanId))
        {
            spans[0] = Failed(spans[0], cause);
        }

        return transaction with { Root = spans[0], Spans = spans[1..] };
    }

    private static FinishedSpan End(FinishedSpan span, StreamProgress? progress)
    {
        var attributes = new SpanAttributes(span.Attributes);
        attributes.Set(LlmTracingAttributes.StreamOutcome, StreamOutcome.ProcessTerminated.ToAttributeValue());
        if (attributes.Has(GenAiAttributes.RequestStream))
        {
            // As on every answer that was cut short.
            attributes.Set(GenAiAttributes.ResponseFinishReasons, CutShort);
            attributes.Set(GenAiAttributes.ResponseModel, span[GenAiAttributes.RequestModel]);
            attributes.SetProgress(progress ?? default);
        }

        if (attributes.Has(LlmTracingAttributes.UsageSource) || progress is { Usage.IsEmpty: false })
        {
            attributes.Set(LlmTracingAttributes.UsageSource, "partial");
        }

        return span with { IsUnfinished = false, Attributes = attributes.All };
    }

    // What an open span's child did is a sign of life of it too.
    private static void EndParentsAfterChildren(FinishedSpan[] spans, HashSet<ActivitySpanId> open)
    {
        var places = new Dictionary<ActivitySpanId, int>();
        for (var i = 0; i < spans.Length; i++)
        {
            places[spans[i].SpanId] = i;
        }

        foreach (var span in spans.ToArray())
        {
            var end = span.End;
            var parent = span.ParentSpanId;
            while (parent is { } id
                && open.Contains(id)
                && places.TryGetValue(id, out var place)
                && spans[place].End < end)
            {
                spans[place] = spans[place] with { End = end };
                parent = spans[place].ParentSpanId;
            }
        }
    }

    private static FinishedSpan Failed(FinishedSpan root, FinishedError cause)
    {
        var attributes = new SpanAttributes(root.Attributes);
        attributes.Set(GenAiAttributes.ErrorType, cause.Type);
        return root with { Status = ActivityStatusCode.Error, Error = cause, Attributes = attributes.All };
    }
}
