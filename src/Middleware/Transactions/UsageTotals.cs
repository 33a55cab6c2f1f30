using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>What the calls of one transaction used together.</summary>
/// <param name="Calls">How many calls to models were made.</param>
/// <param name="Usage">Their tokens.</param>
/// <param name="Cost">What they cost in USD, as far as it is known.</param>
internal readonly record struct UsageTotals(int Calls, LlmUsage Usage, double? Cost)
{
    /// <summary>Sums over the spans that have ended, each token once.</summary>
    /// <remarks>
    /// An agent's span repeats the sum of its calls, and a call can be traced twice, by this library and by the client
    /// beneath it: only a span with none like it beneath counts. What a tool asks a model in its run is a call of its own, and
    /// takes nothing from the call that asked for the tool.
    /// </remarks>
    public static UsageTotals Of(List<Activity> spans)
    {
        var (aboveCalls, aboveUsage, aboveCost) =
            (AncestorsOf(spans, IsModelCall), AncestorsOf(spans, HasUsage), AncestorsOf(spans, HasCost));

        var (calls, usage, cost) = (0, default(LlmUsage), default(double?));
        foreach (var span in spans)
        {
            if (!span.IsStopped)
            {
                continue;
            }

            calls += IsModelCall(span) && !IsRepeated(span, aboveCalls) ? 1 : 0;
            if (HasUsage(span) && !IsRepeated(span, aboveUsage))
            {
                usage += UsageOf(span);
            }

            if (CostOf(span) is { } known && !IsRepeated(span, aboveCost))
            {
                cost = (cost ?? 0) + known;
            }
        }

        return new(calls, usage, cost);
    }

    public void WriteTo(Activity root)
    {
        if (Calls > 0)
        {
            root.SetTag(LlmTracingAttributes.Calls, Calls);
            SetKnown(root, LlmTracingAttributes.UsageInputTokens, Usage.InputTokens);
            SetKnown(root, LlmTracingAttributes.UsageOutputTokens, Usage.OutputTokens);
            SetKnown(root, LlmTracingAttributes.UsageTotalTokens, Usage.TotalTokens);
            if (Cost is { } cost)
            {
                root.SetTag(LlmTracingAttributes.CostTotal, cost);
            }
        }
    }

    private static bool IsRepeated(Activity span, SpansAbove<Activity>? above) =>
        above?.Repeats(span, IsModelCall(span)) is true;

    // Null where there is but one of them, as in most requests: then none is above another.
    private static SpansAbove<Activity>? AncestorsOf(List<Activity> spans, Func<Activity, bool> isOne)
    {
        SpansAbove<Activity>? above = null;
        if (spans.Count > 1 && spans.Count(isOne) > 1)
        {
            above = new();
            foreach (var span in spans)
            {
                if (!isOne(span))
                {
                    continue;
                }

                var walk = above.From(IsTool(span));
                for (var ancestor = span.Parent; ancestor is not null && walk.Reach(ancestor, IsTool(ancestor));)
                {
                    ancestor = ancestor.Parent;
                }
            }
        }

        return above;
    }

    /// <summary>Tells by its operation whether a span is a call to a model.</summary>
    public static bool IsModelCall(object? operationName) =>
        operationName is string operation
        && operation is not ("execute_tool" or "invoke_agent" or "create_agent" or "invoke_workflow" or "handoff");

    /// <summary>Tells by its operation whether a span is a tool's run.</summary>
    public static bool IsTool(object? operationName) => operationName is "execute_tool";

    /// <summary>Gives the tokens that a span has as attributes.</summary>
    /// <param name="span">The span.</param>
    /// <param name="attribute">Gives an attribute of it.</param>
    public static LlmUsage UsageOf<TSpan>(TSpan span, Func<TSpan, string, object?> attribute) => new(
        Tokens(attribute(span, GenAiAttributes.UsageInputTokens)),
        Tokens(attribute(span, GenAiAttributes.UsageOutputTokens)),
        Tokens(attribute(span, GenAiAttributes.UsageCacheReadInputTokens)),
        Tokens(attribute(span, GenAiAttributes.UsageCacheCreationInputTokens)),
        Tokens(attribute(span, GenAiAttributes.UsageReasoningOutputTokens)))
    {
        TotalTokens = Tokens(attribute(span, GenAiAttributes.UsageTotalTokens)),
    };

    private static bool IsModelCall(Activity span) => IsModelCall(span.GetTagItem(GenAiAttributes.OperationName));

    private static bool IsTool(Activity span) => IsTool(span.GetTagItem(GenAiAttributes.OperationName));

    private static bool HasUsage(Activity span) =>
        span.GetTagItem(GenAiAttributes.OperationName) is not null && !UsageOf(span).IsEmpty;

    private static bool HasCost(Activity span) => CostOf(span) is not null;

    private static double? CostOf(Activity span) => span.GetTagItem(LlmTracingAttributes.CostTotal) as double?;

    private static LlmUsage UsageOf(Activity span) => UsageOf(span, static (span, key) => span.GetTagItem(key));

    // Other libraries' spans carry them as int.
    private static long? Tokens(object? value) => value switch
    {
        long tokens => tokens,
        int tokens => tokens,
        _ => null,
    };

    private static void SetKnown(Activity root, string key, long? value)
    {
        if (value is { } known)
        {
            root.SetTag(key, known);
        }
    }
}
