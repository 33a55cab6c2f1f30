using LlmTracing.Streaming.Accounts;

namespace LlmTracing.Tests.Unit.Streaming.Accounts;

public sealed class CallCostTests
{
    private static readonly ModelPrice All = new()
    {
        Input = 2,
        Output = 8,
        CachedInput = 0.5,
        CacheWrite = 2.5,
        Reasoning = 16,
    };

    [Fact]
    public void Of_EveryKindOfToken_PaysEachTokenOnce()
    {
        var usage = new LlmUsage(1_000_000, 500_000, 300_000, 200_000, 100_000);

        // 0.5 M input, 0.3 M cached, 0.2 M written, 0.4 M output and 0.1 M reasoning.
        Assert.Equal(1 + 0.15 + 0.5 + 3.2 + 1.6, CallCost.Of(usage, All)!.Value, 12);
    }

    [Fact]
    public void Of_PartsWithoutAPrice_CostWhatTheirWholeDoes() =>
        Assert.Equal(
            2 + 8, CallCost.Of(new(1_000_000, 1_000_000, 300_000, 200_000, 100_000), new() { Input = 2, Output = 8 }));

    [Fact]
    public void Of_PartsLargerThanTheirWhole_AreCutToIt() =>
        Assert.Equal(
            0.5 + 16, CallCost.Of(new(1_000_000, 1_000_000, 7_000_000, 7_000_000, 7_000_000), All)!.Value, 12);

    [Fact]
    public void Of_NegativeTokens_CostNothing() =>
        Assert.Equal(0, CallCost.Of(new(-1_000_000, -1_000_000, -5, -5, -5), All));

    [Theory]
    [InlineData(null, 4L)]
    [InlineData(4L, null)]
    [InlineData(null, null)]
    public void Of_TokensUnknown_IsUnknown(long? input, long? output) =>
        Assert.Null(CallCost.Of(new LlmUsage(input, output), All));

    [Fact]
    public void Of_TokensWithoutAPrice_IsUnknown() =>
        Assert.Null(CallCost.Of(new LlmUsage(11, 4), new ModelPrice { Input = 2 }));

    [Fact]
    public void Of_EmbeddingsWithoutOutput_CostTheirInput() =>
        Assert.Equal(0.02, CallCost.Of(new LlmUsage(1_000_000), new ModelPrice { Input = 0.02 }));

    [Fact]
    public void Of_NothingPriced_IsUnknown() => Assert.Null(CallCost.Of(new LlmUsage(11, 4), new ModelPrice()));

    [Fact]
    public void Of_FreeModel_IsZero() =>
        Assert.Equal(0, CallCost.Of(new LlmUsage(11, 4), new ModelPrice { Input = 0, Output = 0 }));
}
