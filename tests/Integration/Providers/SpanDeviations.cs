using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>Holds the span of a stream against the reading that is written down for it.</summary>
internal static class SpanDeviations
{
    /// <summary>Gives a line for each field that differs: its name, what was expected, what is there.</summary>
    public static IReadOnlyList<string> Of(RecordedSpan span, ExpectedReading expected)
    {
        var outcome = expected.Error is null ? "completed" : "upstream_failed";
        var reasons = expected.FinishReasons.Count > 0 || outcome == "completed" ? expected.FinishReasons : ["error"];
        var (usage, calls) = (expected.Usage, expected.ToolCalls);
        List<(string Field, object? Expected, object? Actual)> fields =
        [
            ("outcome", outcome, span[LlmTracingAttributes.StreamOutcome]),
            ("error", expected.Error is null ? null : expected.Error.Type ?? "LlmTracing.LlmStreamException", span["error.type"]),
            ("model", expected.Model ?? "asked", span[GenAiAttributes.ResponseModel]),
            ("id", expected.ResponseId, span[GenAiAttributes.ResponseId]),
            ("reasons", Join(reasons), Join(span[GenAiAttributes.ResponseFinishReasons])),
            ("input", usage.Input, span[GenAiAttributes.UsageInputTokens]),
            ("output", usage.Output, span[GenAiAttributes.UsageOutputTokens]),
            ("cached", usage.Cached, span[GenAiAttributes.UsageCacheReadInputTokens]),
            ("cacheWrite", usage.CacheWrite, span[GenAiAttributes.UsageCacheCreationInputTokens]),
            ("reasoning", usage.Reasoning, span[GenAiAttributes.UsageReasoningOutputTokens]),
            ("total", usage.Total, span[GenAiAttributes.UsageTotalTokens]),
            ("calls", Join(calls.Select(call => call.Name)), Join(span[LlmTracingAttributes.ToolNames])),
            ("callIds", Join(calls.Select(call => call.Id)), Join(span[LlmTracingAttributes.ToolCallIds])),
        ];
        return
        [
            .. fields.Where(field => !Equals(field.Expected, field.Actual))
                .Select(field => $"{field.Field}: {field.Expected ?? "none"} -> {field.Actual ?? "none"}"),
        ];
    }

    private static string Join(object? texts) => string.Join(",", (IEnumerable<string?>?)texts ?? []);
}
