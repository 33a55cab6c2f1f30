namespace LlmTracing.Tests.Unit.Streaming;

/// <summary>Streams that hold more than one attempt, or more than one answer.</summary>
public sealed class ChunkReadingTests
{
    [Fact]
    public void BeginAgain_AttemptThatBrokeOff_LeavesNeitherTokensNorEnd()
    {
        var reading = new ChunkReading { FinishReason = "stop", IsComplete = true };
        reading.UpdateBesideCache(new LlmUsage(10, 5, CachedInputTokens: 2));

        reading.BeginAgain();
        reading.UpdateBesideCache(new LlmUsage(0, 7));

        Assert.Equal(new LlmUsage(0, 7), reading.Usage);
        Assert.Equal((null, false), (reading.FinishReason, reading.IsComplete));
    }

    [Fact]
    public void BeginAgain_NumberOfACallOfTheFirstAttempt_IsAnotherCalls()
    {
        var reading = default(ChunkReading);
        reading.CallTool("call-1", "search", number: 0);

        reading.BeginAgain();

        Assert.True(reading.CallTool(null, "fetch", number: 0));
        Assert.Equal([new("call-1", "search"), new(null, "fetch")], reading.ToolCalls);
    }

    [Fact]
    public void BeginAnswer_ThreeOfThem_AllCount()
    {
        var reading = default(ChunkReading);
        for (var answer = 1; answer <= 3; answer++)
        {
            reading.BeginAnswer();
            reading.Update(new LlmUsage(answer, 10 * answer));
        }

        Assert.Equal(new LlmUsage(6, 60), reading.Usage);
    }

    [Fact]
    public void BeginAnswer_PartGreaterThanItsWhole_TakesNothingFromTheNextAnswer()
    {
        var reading = default(ChunkReading);
        reading.Update(new LlmUsage(10, 5, CachedInputTokens: 30));

        reading.BeginAnswer();
        reading.Update(new LlmUsage(100, 5, CachedInputTokens: 0));

        Assert.Equal(10, reading.Usage.CachedInputTokens);
    }

    [Fact]
    public void CallTool_NumberComesAfterTheCall_IsItsFromThen()
    {
        var reading = default(ChunkReading);
        reading.CallTool("call-1", "search");
        reading.CallTool("call-1", null, number: 3);
        reading.CallTool("call-2", "fetch", number: 4);

        Assert.False(reading.CallTool(null, "search", number: 3));
        Assert.Equal([new("call-1", "search"), new("call-2", "fetch")], reading.ToolCalls);
    }
}
