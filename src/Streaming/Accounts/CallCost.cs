namespace LlmTracing.Streaming.Accounts;

/// <summary>Prices the tokens of one call.</summary>
internal static class CallCost
{
    private const double Million = 1_000_000;

    /// <summary>Gives the cost in USD, or null where tokens or the price of some are not known.</summary>
    public static double? Of(in LlmUsage usage, ModelPrice price)
    {
        var (input, output) = (InputOf(usage, price), OutputOf(usage, price));
        return input + output is { } sum && double.IsFinite(sum) && (usage.InputTokens ?? usage.OutputTokens) is not null
            ? sum / Million
            : null;
    }

    private static double? InputOf(in LlmUsage usage, ModelPrice price)
    {
        if (usage.InputTokens is not { } all)
        {
            return UnknownOf(price.Input);
        }

        // Both are parts of the input, and of different tokens: together they are no more than it.
        var cached = PartOf(all, usage.CachedInputTokens);
        var written = PartOf(all - cached, usage.CacheWriteInputTokens);
        return Times(all - cached - written, price.Input)
            + Times(cached, price.CachedInput ?? price.Input)
            + Times(written, price.CacheWrite ?? price.Input);
    }

    private static double? OutputOf(in LlmUsage usage, ModelPrice price)
    {
        if (usage.OutputTokens is not { } all)
        {
            return UnknownOf(price.Output);
        }

        var reasoning = PartOf(all, usage.ReasoningTokens);
        return Times(all - reasoning, price.Output) + Times(reasoning, price.Reasoning ?? price.Output);
    }

    // What has no price is no part of the cost: embeddings have no output.
    private static double? UnknownOf(double? price) => price is null ? 0 : null;

    private static long PartOf(long whole, long? part) => Math.Clamp(part ?? 0, 0, Math.Max(whole, 0));

    private static double? Times(long tokens, double? price) => tokens <= 0 ? 0 : tokens * price;
}
