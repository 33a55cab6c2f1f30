namespace LlmTracing.Tests.Unit.Streaming;

public sealed class LlmUsageTests
{
    [Fact]
    public void TotalTokens_InputAndOutputKnown_IsTheirSum() => Assert.Equal(15, new LlmUsage(11, 4).TotalTokens);

    [Fact]
    public void TotalTokens_OneOfThemUnknown_IsUnknown()
    {
        Assert.Null(new LlmUsage(11).TotalTokens);
        Assert.Null(new LlmUsage(OutputTokens: 4).TotalTokens);
        Assert.Null(default(LlmUsage).TotalTokens);
    }

    [Fact]
    public void TotalTokens_OnlyReported_IsAsReported()
    {
        Assert.Equal(15, new LlmUsage { TotalTokens = 15 }.TotalTokens);
        Assert.Equal(15, new LlmUsage(11) { TotalTokens = 15 }.TotalTokens);
    }

    [Fact]
    public void UpdatedBy_TotalReportedBesideInputAndOutput_IsTheirSum() =>
        Assert.Equal(15, default(LlmUsage).UpdatedBy(new LlmUsage(11, 4) { TotalTokens = 99 }).TotalTokens);

    [Fact]
    public void TotalTokens_MoreThanTheTypeHas_IsItsMost()
    {
        Assert.Equal(long.MaxValue, new LlmUsage(long.MaxValue, long.MaxValue).TotalTokens);
        Assert.Equal(long.MaxValue, (new LlmUsage(long.MaxValue) + new LlmUsage(1)).InputTokens);
    }

    [Fact]
    public void Addition_OneWithNothingButATotal_TotalsAreSummed() =>
        Assert.Equal(22, (new LlmUsage(11, 4) + new LlmUsage { TotalTokens = 7 }).TotalTokens);

    [Fact]
    public void IsEmpty_NothingKnown_IsTrue()
    {
        Assert.True(default(LlmUsage).IsEmpty);
        Assert.True(new LlmUsage().IsEmpty);
    }

    [Fact]
    public void IsEmpty_AnythingKnownEvenZero_IsFalse()
    {
        Assert.False(new LlmUsage(0).IsEmpty);
        Assert.False(new LlmUsage(OutputTokens: 0).IsEmpty);
        Assert.False(new LlmUsage(CachedInputTokens: 0).IsEmpty);
        Assert.False(new LlmUsage(CacheWriteInputTokens: 0).IsEmpty);
        Assert.False(new LlmUsage(ReasoningTokens: 0).IsEmpty);
        Assert.False(new LlmUsage { TotalTokens = 0 }.IsEmpty);
    }

    [Fact]
    public void Equals_SameTokensSummedOrReported_IsTrue()
    {
        Assert.Equal(new LlmUsage(11, 4), new LlmUsage(11, 4) { TotalTokens = 15 });
        Assert.Equal(new LlmUsage(11, 4), new LlmUsage(10, 2) + new LlmUsage(1, 2));
        Assert.Equal(
            new LlmUsage(11, 4).GetHashCode(), (new LlmUsage(11, 4) { TotalTokens = 15 }).GetHashCode());
    }

    [Fact]
    public void Equals_OneFieldDiffers_IsFalse()
    {
        var usage = new LlmUsage(1, 2, 3, 4, 5);

        Assert.NotEqual(usage with { InputTokens = 9 }, usage);
        Assert.NotEqual(usage with { OutputTokens = 9 }, usage);
        Assert.NotEqual(usage with { CachedInputTokens = 9 }, usage);
        Assert.NotEqual(usage with { CacheWriteInputTokens = 9 }, usage);
        Assert.NotEqual(usage with { ReasoningTokens = 9 }, usage);
        Assert.NotEqual(new LlmUsage(1) { TotalTokens = 9 }, new LlmUsage(1));
    }

    [Fact]
    public void UpdatedBy_NewerFields_ReplaceAndUnknownOnesDoNot()
    {
        var usage = new LlmUsage(1, 2, 3, 4, 5).UpdatedBy(new LlmUsage(OutputTokens: 20, ReasoningTokens: 0));

        Assert.Equal(new LlmUsage(1, 20, 3, 4, 0), usage);
        Assert.Equal(21, usage.TotalTokens);
    }

    [Fact]
    public void UpdatedBy_Totals_LastOneWins()
    {
        var usage = new LlmUsage { TotalTokens = 5 }
            .UpdatedBy(new LlmUsage { TotalTokens = 15 })
            .UpdatedBy(default);

        Assert.Equal(15, usage.TotalTokens);
    }

    [Fact]
    public void Addition_FieldsKnownOnBothSides_AreSummed() =>
        Assert.Equal(
            new LlmUsage(11, 22, 33, 44, 55), new LlmUsage(1, 2, 3, 4, 5) + new LlmUsage(10, 20, 30, 40, 50));

    [Fact]
    public void Addition_FieldKnownOnOneSide_CountsAsItIs()
    {
        Assert.Equal(new LlmUsage(1, 2), new LlmUsage(1) + new LlmUsage(OutputTokens: 2));
        Assert.Equal(new LlmUsage(1, 2), default(LlmUsage) + new LlmUsage(1, 2));
        Assert.Equal(new LlmUsage(1, 2), LlmUsage.Add(new LlmUsage(1, 2), default));
        Assert.True((default(LlmUsage) + default(LlmUsage)).IsEmpty);
    }

    [Fact]
    public void Addition_OnlyTotals_AreSummed() =>
        Assert.Equal(22, (new LlmUsage { TotalTokens = 15 } + new LlmUsage { TotalTokens = 7 }).TotalTokens);

    [Fact]
    public void ChunkReadingAdd_Increments_AreSummed()
    {
        var reading = default(ChunkReading);

        reading.Add(new LlmUsage(11, 1));
        reading.Add(new LlmUsage(OutputTokens: 3));

        Assert.Equal(new LlmUsage(11, 4), reading.Usage);
    }
}
