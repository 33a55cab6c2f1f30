using System.Diagnostics;
using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Middleware.Termination;

/// <summary>The sums over the calls of a transaction whose Activities are not there any more.</summary>
internal static class FinishedTotals
{
    /// <inheritdoc cref="UsageTotals.Of"/>
    public static UsageTotals Of(IReadOnlyList<FinishedSpan> spans)
    {
        // Not ToDictionary: ids that are there twice, as no process of ours writes them, must not cost the transaction.
        var byId = new Dictionary<ActivitySpanId, FinishedSpan>();
        foreach (var span in spans)
        {
            byId.TryAdd(span.SpanId, span);
        }

        var aboveCalls = Above(byId, spans.Where(IsModelCall));
        var aboveUsage = Above(byId, spans.Where(HasUsage));
        var usage = spans.Where(span => HasUsage(span) && !IsRepeated(span, aboveUsage))
            .Aggregate(default(LlmUsage), static (sum, span) => sum + UsageOf(span));
        var aboveCost = Above(byId, spans.Where(static span => CostOf(span) is not null));
        var costs = spans.Where(span => !IsRepeated(span, aboveCost)).Select(CostOf).OfType<double>().ToList();
        var calls = spans.Count(span => IsModelCall(span) && !IsRepeated(span, aboveCalls));
        return new(calls, usage, costs.Count > 0 ? costs.Sum() : null);
    }

    /// <summary>Gives the root with the sums over the calls beneath it, if there are any.</summary>
    public static FinishedSpan AddTo(FinishedSpan root, IReadOnlyList<FinishedSpan> spans)
    {
        var totals = Of(spans);
        if (totals.Calls == 0)
        {
            return root;
        }

        var attributes = new SpanAttributes(root.Attributes);
        attributes.Set(LlmTracingAttributes.Calls, totals.Calls);
        attributes.Set(LlmTracingAttributes.UsageInputTokens, totals.Usage.InputTokens);
        attributes.Set(LlmTracingAttributes.UsageOutputTokens, totals.Usage.OutputTokens);
        attributes.Set(LlmTracingAttributes.UsageTotalTokens, totals.Usage.TotalTokens);
        attributes.Set(LlmTracingAttributes.CostTotal, totals.Cost);
        return root with { Attributes = attributes.All };
    }

    private static bool IsRepeated(FinishedSpan span, SpansAbove<ActivitySpanId> above) =>
        above.Repeats(span.SpanId, IsModelCall(span));

    private static SpansAbove<ActivitySpanId> Above(
        Dictionary<ActivitySpanId, FinishedSpan> byId, IEnumerable<FinishedSpan> spans)
    {
        var above = new SpansAbove<ActivitySpanId>();
        foreach (var span in spans)
        {
            var walk = above.From(IsTool(span));
            var next = span;
            while (next?.ParentSpanId is { } id)
            {
                next = byId.GetValueOrDefault(id);
                if (!walk.Reach(id, next is not null && IsTool(next)))
                {
                    break;
                }
            }
        }

        return above;
    }

    private static bool IsTool(FinishedSpan span) => UsageTotals.IsTool(span[GenAiAttributes.OperationName]);

    private static bool IsModelCall(FinishedSpan span) => UsageTotals.IsModelCall(span[GenAiAttributes.OperationName]);

    private static bool HasUsage(FinishedSpan span) =>
        span[GenAiAttributes.OperationName] is not null && !UsageOf(span).IsEmpty;

    private static double? CostOf(FinishedSpan span) => span[LlmTracingAttributes.CostTotal] as double?;

    private static LlmUsage UsageOf(FinishedSpan span) => UsageTotals.UsageOf(span, static (span, key) => span[key]);
}
