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
    // Not six times a number with a flag of its own, which would be nearly twice as large: every open stream has some of these.
    private readonly long _input = InputTokens ?? 0;
    private readonly long _output = OutputTokens ?? 0;
    private readonly long _cached = CachedInputTokens ?? 0;
    private readonly long _cacheWrite = CacheWriteInputTokens ?? 0;
    private readonly long _reasoning = ReasoningTokens ?? 0;
    private readonly long _total;
    private readonly Fields _known = (InputTokens is null ? 0 : Fields.Input)
        | (OutputTokens is null ? 0 : Fields.Output)
        | (CachedInputTokens is null ? 0 : Fields.Cached)
        | (CacheWriteInputTokens is null ? 0 : Fields.CacheWrite)
        | (ReasoningTokens is null ? 0 : Fields.Reasoning);

    [Flags]
    private enum Fields : byte
    {
        Input = 1,
        Output = 2,
        Cached = 4,
        CacheWrite = 8,
        Reasoning = 16,
        Total = 32,
    }

    /// <summary>Gets all tokens read by the model, cached ones included.</summary>
    public long? InputTokens
    {
        get => Of(Fields.Input, _input);
        init => (_input, _known) = (value ?? 0, Known(Fields.Input, value));
    }

    /// <summary>Gets all tokens written by the model, reasoning included.</summary>
    public long? OutputTokens
    {
        get => Of(Fields.Output, _output);
        init => (_output, _known) = (value ?? 0, Known(Fields.Output, value));
    }

    /// <summary>Gets the part of the input that came from the provider's cache.</summary>
    public long? CachedInputTokens
    {
        get => Of(Fields.Cached, _cached);
        init => (_cached, _known) = (value ?? 0, Known(Fields.Cached, value));
    }

    /// <summary>Gets the part of the input that was written to the provider's cache.</summary>
    public long? CacheWriteInputTokens
    {
        get => Of(Fields.CacheWrite, _cacheWrite);
        init => (_cacheWrite, _known) = (value ?? 0, Known(Fields.CacheWrite, value));
    }

    /// <summary>Gets the part of the output that the model spent on reasoning.</summary>
    public long? ReasoningTokens
    {
        get => Of(Fields.Reasoning, _reasoning);
        init => (_reasoning, _known) = (value ?? 0, Known(Fields.Reasoning, value));
    }

    /// <summary>Gets input plus output tokens, unless another total is set.</summary>
    public long? TotalTokens
    {
        get => ReportedTotal ?? (InputTokens is null || OutputTokens is null ? null : Sum(InputTokens, OutputTokens));
        init => (_total, _known) = (value ?? 0, Known(Fields.Total, value));
    }

    /// <summary>Gets a value indicating whether nothing at all is known.</summary>
    public bool IsEmpty => _known == 0;

    /// <summary>Tells whether both know the same, whether a total was reported or is a sum.</summary>
    /// <param name="other">Other tokens.</param>
    public bool Equals(LlmUsage other) =>
        Parts == other.Parts && (_known | Fields.Total) == (other._known | Fields.Total) && TotalTokens == other.TotalTokens;

    /// <inheritdoc/>
    public override int GetHashCode() => (Parts, TotalTokens).GetHashCode();

    private (long, long, long, long, long) Parts => (_input, _output, _cached, _cacheWrite, _reasoning);

    private long? ReportedTotal => Of(Fields.Total, _total);

    private long? Whole => TotalTokens ?? Sum(InputTokens, OutputTokens);

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
            ? updated with { TotalTokens = newer.ReportedTotal ?? ReportedTotal }
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
        TotalTokens = Sum(left.Whole, right.Whole),
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

    private long? Of(Fields field, long value) => (_known & field) != 0 ? value : null;

    private Fields Known(Fields field, long? value) => value is null ? _known & ~field : _known | field;

    private static long? AtMost(long? part, long? whole) => part > whole ? whole : part;
}
