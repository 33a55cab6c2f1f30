namespace LlmTracing;

/// <summary>The tokens of one call, as far as they are known. Unknown is null, never 0.</summary>
/// <remarks>
/// The whole includes its parts: <see cref="InputTokens"/> counts cached tokens, <see cref="OutputTokens"/> counts
/// reasoning tokens.
/// </remarks>
/// <param name="InputTokens">All tokens read by the model, cached ones included.</param>
/// <param name="OutputTokens">All tokens written by the model, reasoning included.</param>
/// <param name="CachedInputTokens">The part of the input that came from the provider's cache.</param>
/// <param name="CacheWriteInputTokens">The part of the input that was written to the provider's cache.</param>
/// <param name="ReasoningTokens">The part of the output that the model spent on reasoning.</param>
public readonly record struct LlmUsage(
    long? InputTokens = null,
    long? OutputTokens = null,
    long? CachedInputTokens = null,
    long? CacheWriteInputTokens = null,
    long? ReasoningTokens = null)
{
    private readonly long? _reportedTotal;

    /// <summary>Gets input plus output tokens, or what the provider reported where it reports only a total.</summary>
    public long? TotalTokens
    {
        get => InputTokens + OutputTokens ?? _reportedTotal;
        init => _reportedTotal = value;
    }

    /// <summary>Gets a value indicating whether nothing at all is known.</summary>
    public bool IsEmpty => this == default;

    /// <summary>Tells whether both know the same, whether a total was reported or is a sum.</summary>
    /// <param name="other">Other tokens.</param>
    public bool Equals(LlmUsage other) => Fields == other.Fields;

    /// <inheritdoc/>
    public override int GetHashCode() => Fields.GetHashCode();

    private (long?, long?, long?, long?, long?, long?) Fields =>
        (InputTokens, OutputTokens, CachedInputTokens, CacheWriteInputTokens, ReasoningTokens, TotalTokens);

    /// <summary>Takes each field from <paramref name="newer"/> where it is known there, and keeps it otherwise.</summary>
    /// <param name="newer">A later report of the same call, as providers send running totals.</param>
    public LlmUsage UpdatedBy(in LlmUsage newer) => new(
        newer.InputTokens ?? InputTokens,
        newer.OutputTokens ?? OutputTokens,
        newer.CachedInputTokens ?? CachedInputTokens,
        newer.CacheWriteInputTokens ?? CacheWriteInputTokens,
        newer.ReasoningTokens ?? ReasoningTokens)
    {
        TotalTokens = newer._reportedTotal ?? _reportedTotal,
    };

    /// <summary>Adds two calls field by field; a field known on one side only counts as it is.</summary>
    /// <param name="left">One call.</param>
    /// <param name="right">Another call.</param>
    public static LlmUsage operator +(in LlmUsage left, in LlmUsage right) => new(
        Sum(left.InputTokens, right.InputTokens),
        Sum(left.OutputTokens, right.OutputTokens),
        Sum(left.CachedInputTokens, right.CachedInputTokens),
        Sum(left.CacheWriteInputTokens, right.CacheWriteInputTokens),
        Sum(left.ReasoningTokens, right.ReasoningTokens))
    {
        TotalTokens = Sum(left.TotalTokens, right.TotalTokens),
    };

    /// <inheritdoc cref="op_Addition"/>
    public static LlmUsage Add(in LlmUsage left, in LlmUsage right) => left + right;

    private static long? Sum(long? left, long? right) => left is null ? right : left + (right ?? 0);
}
