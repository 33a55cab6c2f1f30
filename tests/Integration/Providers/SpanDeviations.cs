using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>Holds the span of a stream against the reading that is written down for it.</summary>
internal static class SpanDeviations
{
    /// <summary>The attribute that each field of a reading becomes.</summary>
    public static readonly IReadOnlyDictionary<string, string> Attributes = new Dictionary<string, string>
    {
        ["outcome"] = LlmTracingAttributes.StreamOutcome,
        ["error"] = GenAiAttributes.ErrorType,
        ["model"] = GenAiAttributes.ResponseModel,
        ["id"] = GenAiAttributes.ResponseId,
        ["reasons"] = GenAiAttributes.ResponseFinishReasons,
        ["input"] = GenAiAttributes.UsageInputTokens,
        ["output"] = GenAiAttributes.UsageOutputTokens,
        ["cached"] = GenAiAttributes.UsageCacheReadInputTokens,
        ["cacheWrite"] = GenAiAttributes.UsageCacheCreationInputTokens,
        ["reasoning"] = GenAiAttributes.UsageReasoningOutputTokens,
        ["total"] = GenAiAttributes.UsageTotalTokens,
        ["calls"] = LlmTracingAttributes.ToolNames,
        ["callIds"] = LlmTracingAttributes.ToolCallIds,
        ["source"] = LlmTracingAttributes.UsageSource,
    };

    /// <summary>Gives a line for each field that differs: its name, what was expected, what is there.</summary>
    public static IReadOnlyList<string> Of(RecordedSpan span, ExpectedReading expected)
    {
        var outcome = expected.Error is null ? "completed" : "upstream_failed";
        var reasons = expected.FinishReasons.Count > 0 || outcome == "completed" ? expected.FinishReasons : ["error"];
        var error = expected.Error is null ? null : expected.Error.Type ?? "LlmTracing.LlmStreamException";
        var (usage, calls) = (expected.Usage, expected.ToolCalls);
        List<(string Field, object? Expected)> fields =
        [
            ("outcome", outcome),
            ("error", error),
            ("model", expected.Model ?? "asked"),
            ("id", expected.ResponseId),
            ("reasons", Join(reasons)),
            ("input", usage.Input),
            ("output", usage.Output),
            ("cached", usage.Cached),
            ("cacheWrite", usage.CacheWrite),
            ("reasoning", usage.Reasoning),
            ("total", usage.Total),
            ("calls", Join(calls.Select(call => call.Name))),
            ("callIds", Join(calls.Select(call => call.Id))),
            ("source", usage == ExpectedUsage.Of(default) ? null : expected.IsComplete ? "provider" : "partial"),
        ];
        return
        [
            .. fields
                .Select(field => (
                    field.Field, field.Expected, Actual: ValueOf(span[Attributes[field.Field]], field.Expected)))
                .Where(static field => !Equals(field.Expected, field.Actual))
                .Select(static field => $"{field.Field}: {field.Expected ?? "none"} -> {field.Actual ?? "none"}"),
        ];
    }

    private static object? ValueOf(object? actual, object? expected) =>
        actual is string[] || (actual is null && expected is "") ? Join(actual) : actual;

    private static string Join(object? texts) => string.Join(",", (IEnumerable<string?>?)texts ?? []);
}
