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

    /// <summary>Gets input plus output tokens, unless another total is set.</summary>
    public long? TotalTokens
    {
        get => _reportedTotal ?? (InputTokens is null || OutputTokens is null ? null : Sum(InputTokens, OutputTokens));
        init => _reportedTotal = value;
    }

    /// <summary>Gets a value indicating whether nothing at all is known.</summary>
    public bool IsEmpty => this == default;

    /// <summary>Tells whether both know the same, whether a total was reported or is a sum.</summary>
    /// <param name="other">Other tokens.</param>
    public bool Equals(LlmUsage other) => Fields == other.Fields;

    /// <inheritdoc/>
    public override int GetHashCode() => Fields.GetHashCode();

    private long? Known => TotalTokens ?? Sum(InputTokens, OutputTokens);

    private (long?, long?, long?, long?, long?, long?) Fields =>
        (InputTokens, OutputTokens, CachedInputTokens, CacheWriteInputTokens, ReasoningTokens, TotalTokens);

    /// <summary>Takes each field from <paramref name="newer"/> where it is known there, and keeps it otherwise.</summary>
    /// <param name="newer">A later report of the same call, as providers send running totals.</param>
    /// <returns>
    /// The call as far as it is known then. Its total is input plus output as soon as both are: providers count
    /// differently what else belongs in one.
    /// </returns>
    public LlmUsage UpdatedBy(in LlmUsage newer)
    {
        var updated = new LlmUsage(
            newer.InputTokens ?? InputTokens,
            newer.OutputTokens ?? OutputTokens,
            newer.CachedInputTokens ?? CachedInputTokens,
            newer.CacheWriteInputTokens ?? CacheWriteInputTokens,
            newer.ReasoningTokens ?? ReasoningTokens);
        return updated.TotalTokens is null
            ? updated with { TotalTokens = newer._reportedTotal ?? _reportedTotal }
            : updated;
    }

    /// <summary>Adds two calls field by field, the totals too; a field known on one side only counts as it is.</summary>
    /// <param name="left">One call.</param>
    /// <param name="right">Another call.</param>
    public static LlmUsage operator +(in LlmUsage left, in LlmUsage right) => new(
        Sum(left.InputTokens, right.InputTokens),
        Sum(left.OutputTokens, right.OutputTokens),
        Sum(left.CachedInputTokens, right.CachedInputTokens),
        Sum(left.CacheWriteInputTokens, right.CacheWriteInputTokens),
        Sum(left.ReasoningTokens, right.ReasoningTokens))
    {
        TotalTokens = Sum(left.Known, right.Known),
    };

    /// <inheritdoc cref="op_Addition"/>
    public static LlmUsage Add(in LlmUsage left, in LlmUsage right) => left + right;

    /// <summary>Gives the same with each part cut to its whole: one that is larger would give backends a negative price.</summary>
    internal LlmUsage Clamped() => this with
    {
        CachedInputTokens = AtMost(CachedInputTokens, InputTokens),
        CacheWriteInputTokens = AtMost(CacheWriteInputTokens, InputTokens),
        ReasoningTokens = AtMost(ReasoningTokens, OutputTokens),
    };

    // What is too much for the type stays its most: a wrapped sum would be a negative price.
    internal static long? Sum(long? left, long? right)
    {
        if (left is not { } first || right is not { } second)
        {
            return left ?? right;
        }

        var sum = unchecked(first + second);
        var isWrapped = ((first ^ sum) & (second ^ sum)) < 0;
        return isWrapped ? (first < 0 ? long.MinValue : long.MaxValue) : sum;
    }

    private static long? AtMost(long? part, long? whole) => part > whole ? whole : part;
}
