using System.Net.ServerSentEvents;
using LlmTracing.Streaming.Readers;

namespace LlmTracing.Tests.Unit.Streaming.Readers;

public sealed class TextChunkReaderTests
{
    private const string Delta =
        """{"id":"a","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}""";

    private const string Finish =
        """{"id":"a","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3}}""";

    [Fact]
    public void Read_PlainText_SumsItsLengthInCodeUnits()
    {
        var reading = Read(default, "Hel", "lo ", "", "😀");

        Assert.Equal(8, reading.TextLength);
        Assert.Null(reading.Dialect);
    }

    [Fact]
    public void Read_Null_TellsNothing()
    {
        Assert.Equal(default, Read(default, (string)null!));
    }

    [Theory]
    [InlineData("{\"answer\": 42}")]
    [InlineData("{ not JSON")]
    [InlineData("[DONE]")]
    [InlineData("Yes: ")]
    public void Read_FirstChunkIsNoProviders_AllOfTheStreamIsText(string first)
    {
        var reading = Read(default, first, Delta, Finish);

        Assert.Null(reading.Model);
        Assert.Null(reading.Dialect);
        Assert.False(reading.IsMalformed);
        Assert.Equal(first.Length + Delta.Length + Finish.Length, reading.TextLength);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(LlmDialect.OpenAIChat)]
    public void Read_ProvidersJsonAfterEmptyChunks_IsRead(LlmDialect? named)
    {
        var reading = Read(new ChunkReading { Dialect = named }, "", "\uFEFF" + Delta, Finish, "[DONE]");

        Assert.Equal(LlmDialect.OpenAIChat, reading.Dialect);
        Assert.Equal(("m", "a", "stop"), (reading.Model, reading.ResponseId, reading.FinishReason));
        Assert.Equal(3, reading.Usage.InputTokens);
        Assert.Equal(0, reading.TextLength);
        Assert.True(reading.IsComplete);
        Assert.False(reading.IsMalformed);
    }

    [Fact]
    public void Read_DialectNamedAndFirstChunkIsText_IsMalformedAndTheRestIsRead()
    {
        var reading = Read(new ChunkReading { Dialect = LlmDialect.OpenAIChat }, "<html>", Delta);

        Assert.True(reading.IsMalformed);
        Assert.Equal("m", reading.Model);
    }

    [Fact]
    public void Read_ItemsOfEvents_AreReadByTheirData()
    {
        var (reader, reading) = (new SseItemReader(), default(ChunkReading));

        reader.Read(new SseItem<string>(Delta, "any"), ref reading);
        reader.Read(new SseItem<string>(Finish), ref reading);

        Assert.Equal(3, reading.Usage.InputTokens);
    }

    private static ChunkReading Read(ChunkReading reading, params IEnumerable<string> chunks)
    {
        var reader = new TextChunkReader();
        foreach (var chunk in chunks)
        {
            reader.Read(chunk, ref reading);
        }

        return reading;
    }
}
