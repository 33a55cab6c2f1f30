namespace LlmTracing.Tests.Unit.Support.Fixtures;

/// <summary>The tokens of a stream as they are written down beside it.</summary>
public sealed record ExpectedUsage(
    long? Input, long? Output, long? Cached, long? CacheWrite, long? Reasoning, long? Total)
{
    public static ExpectedUsage Of(LlmUsage usage) => new(
        usage.InputTokens,
        usage.OutputTokens,
        usage.CachedInputTokens,
        usage.CacheWriteInputTokens,
        usage.ReasoningTokens,
        usage.TotalTokens);
}
