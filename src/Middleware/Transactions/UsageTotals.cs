using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>What the calls of one transaction used together.</summary>
/// <param name="Calls">How many calls to models were made.</param>
/// <param name="Usage">Their tokens.</param>
internal readonly record struct UsageTotals(int Calls, LlmUsage Usage)
{
    /// <summary>Sums over the spans that have ended, each token once.</summary>
    /// <remarks>
    /// An agent's span repeats the sum of its calls, and a call can be traced twice, by this library and by the client
    /// beneath it: only a span with none like it beneath counts.
    /// </remarks>
    public static UsageTotals Of(List<Activity> spans)
    {
        var (calls, usage) = (0, default(LlmUsage));
        foreach (var span in spans)
        {
            if (!span.IsStopped || span.GetTagItem(GenAiAttributes.OperationName) is not string operation)
            {
                continue;
            }

            if (IsModelCall(operation) && !AnyBeneath(span, spans, IsModelCall))
            {
                calls++;
            }

            if (UsageOf(span) is { IsEmpty: false } known && !AnyBeneath(span, spans, HasUsage))
            {
                usage += known;
            }
        }

        return new(calls, usage);
    }

    public void WriteTo(Activity root)
    {
        if (Calls > 0)
        {
            root.SetTag(LlmTracingAttributes.Calls, Calls);
            SetKnown(root, LlmTracingAttributes.UsageInputTokens, Usage.InputTokens);
            SetKnown(root, LlmTracingAttributes.UsageOutputTokens, Usage.OutputTokens);
            SetKnown(root, LlmTracingAttributes.UsageTotalTokens, Usage.TotalTokens);
        }
    }

    private static bool AnyBeneath(Activity span, List<Activity> spans, Func<Activity, bool> isLike)
    {
        foreach (var other in spans)
        {
            if (!ReferenceEquals(other, span) && isLike(other) && IsBeneath(other, span))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBeneath(Activity span, Activity ancestor)
    {
        var parent = span.Parent;
        while (parent is not null && !ReferenceEquals(parent, ancestor))
        {
            parent = parent.Parent;
        }

        return parent is not null;
    }

    private static bool IsModelCall(Activity span) =>
        span.GetTagItem(GenAiAttributes.OperationName) is string operation && IsModelCall(operation);

    private static bool IsModelCall(string operation) =>
        operation is not ("execute_tool" or "invoke_agent" or "create_agent" or "invoke_workflow" or "handoff");

    private static bool HasUsage(Activity span) => !UsageOf(span).IsEmpty;

    private static LlmUsage UsageOf(Activity span) => new(
        Tokens(span, GenAiAttributes.UsageInputTokens),
        Tokens(span, GenAiAttributes.UsageOutputTokens),
        Tokens(span, GenAiAttributes.UsageCacheReadInputTokens),
        Tokens(span, GenAiAttributes.UsageCacheCreationInputTokens),
        Tokens(span, GenAiAttributes.UsageReasoningOutputTokens))
    {
        TotalTokens = Tokens(span, GenAiAttributes.UsageTotalTokens),
    };

    // Other libraries' spans carry them as int.
    private static long? Tokens(Activity span, string key) => span.GetTagItem(key) switch
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
