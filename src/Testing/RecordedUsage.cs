namespace LlmTracing.Testing;

/// <summary>Reads tokens back from the attributes that carry them.</summary>
internal static class RecordedUsage
{
    public static LlmUsage OfCall(FinishedSpan span) => new(
        Tokens(span, GenAiAttributes.UsageInputTokens),
        Tokens(span, GenAiAttributes.UsageOutputTokens),
        Tokens(span, GenAiAttributes.UsageCacheReadInputTokens),
        Tokens(span, GenAiAttributes.UsageCacheCreationInputTokens),
        Tokens(span, GenAiAttributes.UsageReasoningOutputTokens))
    {
        TotalTokens = Tokens(span, GenAiAttributes.UsageTotalTokens),
    };

    public static LlmUsage OfTransaction(FinishedSpan root) => new(
        Tokens(root, LlmTracingAttributes.UsageInputTokens), Tokens(root, LlmTracingAttributes.UsageOutputTokens))
    {
        TotalTokens = Tokens(root, LlmTracingAttributes.UsageTotalTokens),
    };

    // Other libraries' spans carry them as int.
    private static long? Tokens(FinishedSpan span, string key) => span[key] switch
    {
        long tokens => tokens,
        int tokens => tokens,
        _ => null,
    };
}
