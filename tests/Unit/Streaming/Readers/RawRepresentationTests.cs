using LlmTracing.Streaming.Readers;
using LlmTracing.Tests.Unit.Support;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Unit.Streaming.Readers;

/// <summary>What the chunks beneath a chat client's updates add to them.</summary>
/// <remarks>Alone: a reader that another test registers has those known looked up anew, which allocates.</remarks>
[Collection(Exclusive.Name)]
public sealed class RawRepresentationTests
{
    public RawRepresentationTests() => LlmTrace.UseChunkReader(new RawReader());

    [Fact]
    public void Read_UsageInTheRawChunkAlone_IsTaken()
    {
        var reading = Read(Update(new Raw(Input: 7)));

        Assert.Equal(new LlmUsage(7), reading.Usage);
    }

    [Fact]
    public void Read_AllElseOfTheRawChunk_IsLeftToTheUpdate()
    {
        var reading = Read(Update(new Raw(Input: 7), new FunctionCallContent("call-1", "look_up")));

        Assert.Equal([new LlmToolCall("call-1", "look_up")], reading.ToolCalls);
        Assert.Null(reading.Model);
        Assert.Null(reading.FinishReason);
        Assert.Equal(0, reading.TextLength);
    }

    [Fact]
    public void Read_TheSameUsageInTheUpdate_IsNotCountedTwiceAndTheProvidersOwnCounts()
    {
        var usage = new UsageContent(new UsageDetails { InputTokenCount = 7, OutputTokenCount = 1, CachedInputTokenCount = 0 });

        var reading = Read(Update(new Raw(Input: 7)), Update(new Raw(Output: 4), usage), Update(null, usage));

        Assert.Equal(new LlmUsage(7, 4), reading.Usage);
    }

    [Fact]
    public void Read_RawChunkTellsNoUsage_TheUpdatesCounts()
    {
        var usage = new UsageContent(new UsageDetails { InputTokenCount = 7 });

        Assert.Equal(new LlmUsage(7), Read(Update(new Raw(), usage)).Usage);
    }

    [Fact]
    public void Read_TypeThatDerivesFromTheKnownOne_IsRead() =>
        Assert.Equal(9, Read(Update(new DerivedRaw())).Usage.InputTokens);

    [Fact]
    public void Read_ErrorInTheRawChunk_IsTaken() =>
        Assert.Equal("overloaded", Read(Update(new Raw(Error: "overloaded"))).Error?.Type);

    [Fact]
    public void Read_TypeThatNobodyReads_TellsNothing() =>
        Assert.Equal(default, Read(Update(new object())));

    [Fact]
    public void Read_RawChunksAreTextOfOneDialect_AllOfThemAreRead()
    {
        var reading = Read(
            Update("""{"type":"message_start","message":{"usage":{"input_tokens":412,"output_tokens":1}}}"""),
            Update("""{"type":"message_delta","delta":{},"usage":{"output_tokens":55}}"""));

        Assert.Equal(new LlmUsage(412, 55), reading.Usage);
        Assert.Null(reading.Dialect);
    }

    [Fact]
    public void Read_SeveralAnswersWithRawChunks_TokensOfBothAreSummed()
    {
        var reading = Read(
            new()
            {
                ResponseId = "r1",
                RawRepresentation = new Raw(Input: 7, Output: 1),
                FinishReason = ChatFinishReason.ToolCalls,
            },
            new() { ResponseId = "r2", RawRepresentation = new Raw(Input: 9) },
            new() { ResponseId = "r2", RawRepresentation = new Raw(Output: 2) });

        Assert.Equal(new LlmUsage(16, 3), reading.Usage);
    }

    [Fact]
    public void Read_UpdatesWithRawChunks_AllocatesNothing()
    {
        var (reader, reading) = (new ChatResponseUpdateReader(), default(ChunkReading));
        ChatResponseUpdate[] updates = [Update(new Raw(Input: 7)), Update(new object()), Update(new DerivedRaw())];
        ReadAll(1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll(1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Less than a byte for each: what the runtime allocates once meanwhile does not grow with them.
        Assert.Equal(0, allocated / 1000);

        void ReadAll(int times)
        {
            for (var i = 0; i < times * updates.Length; i++)
            {
                reader.Read(updates[i % updates.Length], ref reading);
            }
        }
    }

    private static ChatResponseUpdate Update(object? raw, params IList<AIContent> contents) =>
        new() { RawRepresentation = raw, Contents = contents };

    private static ChunkReading Read(params IEnumerable<ChatResponseUpdate> updates)
    {
        var (reader, reading) = (new ChatResponseUpdateReader(), default(ChunkReading));
        foreach (var update in updates)
        {
            reader.Read(update, ref reading);
        }

        return reading;
    }

    private record Raw(long? Input = null, long? Output = null, string? Error = null);

    private sealed record DerivedRaw() : Raw(Input: 9);

    private sealed class RawReader : IChunkReader<Raw>
    {
        public void Read(Raw chunk, ref ChunkReading reading)
        {
            reading.Model = "raw";
            reading.Finish(0, "raw");
            reading.CallTool("raw", "raw");
            reading.AppendText("raw");
            reading.Update(new LlmUsage(chunk.Input, chunk.Output));
            if (chunk.Error is not null)
            {
                reading.Fail(chunk.Error, null);
            }
        }
    }
}
