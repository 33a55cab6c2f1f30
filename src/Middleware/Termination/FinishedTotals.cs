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
        var parents = new Dictionary<ActivitySpanId, ActivitySpanId?>();
        foreach (var span in spans)
        {
            parents.TryAdd(span.SpanId, span.ParentSpanId);
        }

        var aboveCalls = Above(parents, spans.Where(IsModelCall));
        var aboveUsage = Above(parents, spans.Where(HasUsage));
        var usage = spans.Where(span => HasUsage(span) && !aboveUsage.Contains(span.SpanId))
            .Aggregate(default(LlmUsage), static (sum, span) => sum + UsageOf(span));
        var aboveCost = Above(parents, spans.Where(static span => CostOf(span) is not null));
        var costs = spans.Where(span => !aboveCost.Contains(span.SpanId)).Select(CostOf).OfType<double>().ToList();
        var calls = spans.Count(span => IsModelCall(span) && !aboveCalls.Contains(span.SpanId));
        return new(calls, usage, costs.Count > 0 ? costs.Sum() : null);
    }

    private static HashSet<ActivitySpanId> Above(
        Dictionary<ActivitySpanId, ActivitySpanId?> parents, IEnumerable<FinishedSpan> spans)
    {
        var above = new HashSet<ActivitySpanId>();
        foreach (var span in spans)
        {
            var parent = span.ParentSpanId;
            while (parent is { } id && above.Add(id))
            {
                parent = parents.GetValueOrDefault(id);
            }
        }

        return above;
    }

    private static bool IsModelCall(FinishedSpan span) => UsageTotals.IsModelCall(span[GenAiAttributes.OperationName]);

    private static bool HasUsage(FinishedSpan span) =>
        span[GenAiAttributes.OperationName] is not null && !UsageOf(span).IsEmpty;

    private static double? CostOf(FinishedSpan span) => span[LlmTracingAttributes.CostTotal] as double?;

    private static LlmUsage UsageOf(FinishedSpan span) => UsageTotals.UsageOf(span, static (span, key) => span[key]);
}
