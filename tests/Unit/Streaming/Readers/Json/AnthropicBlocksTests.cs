using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Readers;

namespace LlmTracing.Tests.Unit.Streaming.Readers.Json;

public sealed class AnthropicBlocksTests
{
    [Fact]
    public void Read_MessageBeginsAgain_PiecesGoToTheBlocksOfTheSecond()
    {
        const string Start = """{"type":"message_start","message":{"id":"m","usage":{"input_tokens":9}}}""";

        var reading = Read(
            Start,
            Tool("t1", "{}"),
            """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}""",
            Start,
            Tool("t2", "{}"),
            """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":2}"}}""");

        Assert.Equal([new("t1", "look"), new LlmToolCall("t2", "look")], reading.ToolCalls);
        Assert.Equal("""{"a":""", reading.Content!.ArgumentsOf(0));
        Assert.Equal("""{"a":2}""", reading.Content.ArgumentsOf(1));
    }

    [Fact]
    public void Read_BlocksThatAreWholeWhenTheyStart_TheirTextAndInputAreKept()
    {
        var reading = Read(
            """{"type":"message_start","message":{"id":"m"}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"I look"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"."}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"thinking","text":"not this"}}""",
            Tool("t1", """{"text":"decoy"}"""));

        Assert.Equal("I look.", reading.Content!.TextOf(0));
        Assert.Equal("""{"text":"decoy"}""", reading.Content.ArgumentsOf(0));
    }

    private static string Tool(string id, string input) =>
        $$$$"""{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"{{{{id}}}}","name":"look","input":{{{{input}}}}}}""";

    private static ChunkReading Read(params string[] chunks)
    {
        var content = new AnswerContent(new ContentRules(new LlmTracingOptions { CaptureContent = true }));
        var (reader, reading) = (new TextChunkReader(), new ChunkReading { Content = content });
        foreach (var chunk in chunks)
        {
            reader.Read(chunk, ref reading);
        }

        Assert.False(reading.IsMalformed);
        return reading;
    }
}
