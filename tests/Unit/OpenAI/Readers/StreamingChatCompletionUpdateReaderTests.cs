using System.ClientModel.Primitives;
using LlmTracing.OpenAI.Readers;
using OpenAI.Chat;

namespace LlmTracing.Tests.Unit.OpenAI.Readers;

public sealed class StreamingChatCompletionUpdateReaderTests
{
    [Fact]
    public void Read_WholeAnswer_TellsModelIdReasonTextAndUsage()
    {
        var reading = Read(
            """{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""",
            """{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{"content":"Hello"}}]}""",
            """{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{"content":" you"}}]}""",
            """{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
            """
            {"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","choices":[],"usage":{
              "prompt_tokens":11,"completion_tokens":4,"total_tokens":15,
              "prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}}
            """);

        Assert.Equal("gpt-4o-mini-2024-07-18", reading.Model);
        Assert.Equal("chatcmpl-1", reading.ResponseId);
        Assert.Equal("stop", reading.FinishReason);
        Assert.Equal(9, reading.TextLength);
        Assert.Equal(new LlmUsage(11, 4, 3, ReasoningTokens: 2), reading.Usage);
    }

    [Fact]
    public void Read_UsageNotAskedFor_IsUnknown()
    {
        var reading = Read("""{"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}],"usage":null}""");

        Assert.True(reading.Usage.IsEmpty);
    }

    [Fact]
    public void Read_UsageWithoutDetails_LeavesThePartsUnknown()
    {
        var reading = Read(
            """{"id":"1","model":"m","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":4,"total_tokens":15}}""");

        Assert.Equal(new LlmUsage(11, 4), reading.Usage);
        Assert.Null(reading.Usage.CachedInputTokens);
        Assert.Null(reading.Usage.ReasoningTokens);
    }

    [Fact]
    public void Read_RunningTotalOnEveryChunk_IsNotSummed()
    {
        var reading = Read(
            """{"id":"1","model":"m","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":1,"total_tokens":12}}""",
            """{"id":"1","model":"m","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":3,"total_tokens":14}}""",
            """{"id":"1","model":"m","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":4,"total_tokens":15}}""");

        Assert.Equal(new LlmUsage(11, 4), reading.Usage);
        Assert.Equal(15, reading.Usage.TotalTokens);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("length")]
    [InlineData("content_filter")]
    [InlineData("tool_calls")]
    [InlineData("function_call")]
    public void Read_FinishReason_IsTheProtocolsWord(string reason)
    {
        var reading = Read(
            $$$"""{"id":"1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"{{{reason}}}"}]}""",
            """{"id":"1","model":"m","choices":[]}""");

        Assert.Equal(reason, reading.FinishReason);
    }

    [Fact]
    public void Read_AzuresFirstChunk_LeavesModelAndIdUnknown()
    {
        var reading = Read("""{"id":"","model":"","object":"","choices":[],"prompt_filter_results":[]}""");

        Assert.Null(reading.Model);
        Assert.Null(reading.ResponseId);
    }

    [Fact]
    public void Read_ToolCall_HasNoText()
    {
        var reading = Read(
            """
            {"id":"1","model":"m","choices":[{"index":0,"delta":{"tool_calls":[
              {"index":0,"id":"call-1","type":"function","function":{"name":"search","arguments":"{}"}}]}}]}
            """);

        Assert.Equal(0, reading.TextLength);
        Assert.Null(reading.FinishReason);
    }

    [Fact]
    public void Read_PiecesOfToolCalls_AreJoinedAsTheyAreInTheProvidersJson()
    {
        var reading = Read(
            Call("""{"index":0,"id":"f1","function":{"name":"look","arguments":"{}"}}"""),
            Call("""{"index":0,"id":"f2","function":{"name":"look","arguments":"{}"}}"""),
            Call("""{"index":0,"id":null,"function":{"name":"look","arguments":""}}"""),
            Call("""{"index":1,"id":"t1","function":{"arguments":""}}"""),
            Call("""{"index":1,"function":{"name":"find","arguments":"{"}}"""),
            Call("""{"index":1,"id":"t2","function":{"arguments":"}"}}"""));

        Assert.Equal([new("f1", "look"), new("f2", "look"), new LlmToolCall("t1", "find")], reading.ToolCalls);
    }

    [Theory]
    [InlineData("""{"model":"m","choices":[{"index":0,"delta":{"reasoning_content":"Hm"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}""")]
    public void Read_ChunkWithoutIdAndContent_AllocatesNothing(string chunk)
    {
        var (reader, reading) = (new StreamingChatCompletionUpdateReader(), default(ChunkReading));
        var update = ModelReaderWriter.Read<StreamingChatCompletionUpdate>(BinaryData.FromString(chunk))!;
        reader.Read(update, ref reading);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            reader.Read(update, ref reading);
        }

        Assert.Equal(0, (GC.GetAllocatedBytesForCurrentThread() - before) / 1000);
    }

    [Fact]
    public void Read_ErrorWithNothingElse_IsTold() =>
        Assert.Equal("overloaded", Read("""{"error":{"type":"overloaded","message":"m"}}""").Error?.Type);

    private static string Call(string call) =>
        $$$"""{"id":"1","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{{{call}}}]}}]}""";

    private static ChunkReading Read(params IEnumerable<string> chunks)
    {
        var (reader, reading) = (new StreamingChatCompletionUpdateReader(), default(ChunkReading));
        foreach (var chunk in chunks)
        {
            var update = ModelReaderWriter.Read<StreamingChatCompletionUpdate>(BinaryData.FromString(chunk))!;
            reader.Read(update, ref reading);
        }

        return reading;
    }
}
