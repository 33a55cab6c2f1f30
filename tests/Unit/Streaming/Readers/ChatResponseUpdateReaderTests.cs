using LlmTracing.Streaming.Readers;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Unit.Streaming.Readers;

public sealed class ChatResponseUpdateReaderTests
{
    [Fact]
    public void Read_NothingTold_ReadingStaysEmpty()
    {
        var reading = Read(new ChatResponseUpdate(), new ChatResponseUpdate(ChatRole.Assistant, (string?)null));

        Assert.Equal(default, reading);
        Assert.True(reading.Usage.IsEmpty);
    }

    [Fact]
    public void Read_FieldsInSeveralUpdates_LastOfEachWinsAndAbsentKeepsIt()
    {
        var reading = Read(
            new ChatResponseUpdate { ModelId = "first", ResponseId = "resp-1" },
            new ChatResponseUpdate { ModelId = "second" },
            new ChatResponseUpdate { FinishReason = ChatFinishReason.ToolCalls },
            new ChatResponseUpdate());

        Assert.Equal("second", reading.Model);
        Assert.Equal("resp-1", reading.ResponseId);
        Assert.Equal("tool_calls", reading.FinishReason);
    }

    [Fact]
    public void Read_TextInSeveralContents_SumsTheirLength()
    {
        var reading = Read(
            new ChatResponseUpdate { Contents = [new TextContent("Hel"), new TextContent("lo")] },
            new ChatResponseUpdate { Contents = [new TextReasoningContent("not part of the answer")] },
            new ChatResponseUpdate { Contents = [new TextContent(null)] },
            new ChatResponseUpdate(ChatRole.Assistant, "!"));

        Assert.Equal(6, reading.TextLength);
    }

    [Fact]
    public void Read_RunningTotals_AreNotSummed()
    {
        var reading = Read(Usage(11, 0), Usage(11, 2), Usage(11, 4));

        Assert.Equal(new LlmUsage(11, 4), reading.Usage);
    }

    [Fact]
    public void Read_FieldsOfUsageInSeveralUpdates_AreMergedByField()
    {
        var reading = Read(
            Usage(11, null, cached: 3), Usage(null, 4, reasoning: 2), new ChatResponseUpdate(ChatRole.Assistant, "x"));

        Assert.Equal(new LlmUsage(11, 4, 3, ReasoningTokens: 2), reading.Usage);
        Assert.Equal(15, reading.Usage.TotalTokens);
        Assert.Null(reading.Usage.CacheWriteInputTokens);
    }

    [Fact]
    public void Read_OnlyATotal_IsKept()
    {
        var reading = Read(new ChatResponseUpdate
        {
            Contents = [new UsageContent(new UsageDetails { TotalTokenCount = 15 })],
        });

        Assert.Equal(15, reading.Usage.TotalTokens);
        Assert.Null(reading.Usage.InputTokens);
        Assert.Null(reading.Usage.OutputTokens);
    }

    [Fact]
    public void Read_ReportOfNothing_IsUnknownAndNotZero()
    {
        var reading = Read(new ChatResponseUpdate { Contents = [new UsageContent(new UsageDetails())] });

        Assert.True(reading.Usage.IsEmpty);
        Assert.Null(reading.Usage.TotalTokens);
    }

    [Fact]
    public void Read_AnotherAnswerAfterATool_TokensOfBothAreSummed()
    {
        var reading = Read(
            Answer("r1", Usage(1000, 20)),
            Answer("r1", Usage(1000, 40, cached: 900)),
            Answer("r1", new ChatResponseUpdate { FinishReason = ChatFinishReason.ToolCalls }),
            Answer("tool-message", new ChatResponseUpdate(ChatRole.Tool, [new FunctionResultContent("call-1", "7")])),
            Answer("r2", Usage(1100, 4)),
            Answer("r2", Usage(1100, 10)));

        Assert.Equal("r2", reading.ResponseId);
        Assert.Equal(new LlmUsage(2100, 50, 900), reading.Usage);
    }

    [Fact]
    public void Read_AnotherIdWithEachUpdate_RunningTotalsAreNotSummed()
    {
        var reading = Read(Answer("r1", Usage(10, 1)), Answer("r2", Usage(10, 2)), Answer("r3", Usage(10, 3)));

        Assert.Equal(new LlmUsage(10, 3), reading.Usage);
    }

    [Fact]
    public void Read_IdChangesBeforeAnyUsage_IsOneAnswer()
    {
        var reading = Read(Answer("", new()), Answer("r1", new()), Answer("r2", Usage(11, 2)), Usage(11, 4));

        Assert.Equal(new LlmUsage(11, 4), reading.Usage);
    }

    private static ChatResponseUpdate Answer(string id, ChatResponseUpdate update)
    {
        update.ResponseId = id;
        return update;
    }

    private static ChatResponseUpdate Usage(long? input, long? output, long? cached = null, long? reasoning = null) =>
        new()
        {
            Contents =
            [
                new UsageContent(new UsageDetails
                {
                    InputTokenCount = input,
                    OutputTokenCount = output,
                    CachedInputTokenCount = cached,
                    ReasoningTokenCount = reasoning,
                }),
            ],
        };

    private static ChunkReading Read(params IEnumerable<ChatResponseUpdate> updates)
    {
        var (reader, reading) = (new ChatResponseUpdateReader(), default(ChunkReading));
        foreach (var update in updates)
        {
            reader.Read(update, ref reading);
        }

        return reading;
    }
}
