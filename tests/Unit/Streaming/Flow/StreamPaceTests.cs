using LlmTracing.Streaming.Flow;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

public sealed class StreamPaceTests
{
    [Fact]
    public void OnPiece_PiecesWithoutAChunk_CountForTheChunkThatIsWaitedFor()
    {
        var clock = new SteppingTime();
        var pace = new StreamPace(clock) { TimesPulls = true };
        pace.Start();

        Assert.False(Pull(pace, clock, seconds: 2, chunks: 0));
        Assert.True(Pull(pace, clock, seconds: 3, chunks: 1));
        Assert.False(Pull(pace, clock, seconds: 4, chunks: 1));
        Assert.True(Pull(pace, clock, seconds: 5, chunks: 3));

        Assert.Equal(2, pace.Chunks);
        Assert.Equal(TimeSpan.FromSeconds(5), pace.TimeToFirstChunk);
        Assert.Equal(TimeSpan.FromSeconds(9), pace.LongestGap);
        Assert.Equal(TimeSpan.FromSeconds(9), pace.LastPull);
    }

    [Fact]
    public void PendingFor_AfterPiecesWithoutAChunk_GoesOnWithoutTheTimeBetweenTwoPulls()
    {
        var clock = new SteppingTime();
        var pace = new StreamPace(clock);
        pace.Start();
        Pull(pace, clock, seconds: 2, chunks: 0);
        clock.Step(100);

        pace.BeginWait();
        clock.Step(3);

        Assert.Equal(TimeSpan.FromSeconds(5), pace.PendingFor);
    }

    [Fact]
    public void OnPiece_ChunksThatCannotBeTold_EachIsOne()
    {
        var pace = new StreamPace(new SteppingTime());
        pace.Start();

        Assert.True(pace.OnPiece(null) && pace.OnPiece(null));

        Assert.Equal(2, pace.Chunks);
    }

    private static bool Pull(StreamPace pace, SteppingTime clock, int seconds, long chunks)
    {
        pace.BeginPull();
        pace.BeginWait();
        clock.Step(seconds);
        pace.EndWait();
        return pace.OnPiece(chunks);
    }
}
