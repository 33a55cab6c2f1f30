using System.Text;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Readers;
using LlmTracing.Streaming.Readers.Json;
using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Unit.Support.Fixtures;

namespace LlmTracing.Tests.Unit.Streaming.Readers.Json;

public sealed class ProviderJsonTests
{
    private const string Chat = """{"id":"a","model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}]}""";

    public static TheoryData<string, string> UsageLess => new()
    {
        { "openai-chat/plain", """{"id":"x","model":"y","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}],"usage":null}""" },
        { "openai-chat/tools-parallel", """{"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"finish_reason":null}]}""" },
        { "openai-responses/plain", """{"type":"response.output_text.delta","sequence_number":4,"delta":"Hi"}""" },
        { "openai-responses/tools-parallel", """{"sequence_number":4,"delta":"Hi","type":"response.function_call_arguments.delta"}""" },
        { "anthropic/plain", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}""" },
        { "anthropic/tools-parallel", """{"index":0, "delta":{"type":"input_json_delta","partial_json":"Hi"},"type":"content_block_delta"}""" },
        { "gemini/plain-running-totals", """{"candidates": [{"content": {"parts": [{"text": "Hi"}], "role": "model"}, "index": 0}]}""" },
        { "gemini/thinking", """{"candidates": [{"content": {"parts": [{"text": "Hi"}]}}], "usageMetadata": {"promptTokenCount": 4}}""" },
        { "gemini/cached", """{"candidates": [{"content": {"parts": [{"text": "Hi"}]}, "finishReason": "STOP"}]}""" },
        { "ollama/plain", """{"model":"y","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hi"},"done":false}""" },
    };

    [Theory]
    [MemberData(nameof(UsageLess))]
    public void Read_ChunkWithoutNews_AllocatesNothing(string begunAs, string chunk)
    {
        var (reader, reading) = (new TextChunkReader(), default(ChunkReading));
        foreach (var begun in ReadFixture.ChunksOf(StreamFixture.Named(begunAs)))
        {
            reader.Read(begun, ref reading);
        }

        var utf8 = Encoding.UTF8.GetBytes(chunk);
        Assert.Equal(0, Allocated(ref reading, (ref reading) => ProviderJson.Read(utf8, ref reading)));
        Assert.Equal(0, Allocated(ref reading, (ref reading) => reader.Read(chunk, ref reading)));
        Assert.False(reading.IsMalformed);
    }

    [Theory]
    [InlineData("""{"choices":[]}""", LlmDialect.OpenAIChat)]
    [InlineData("""{"type":"response.created"}""", LlmDialect.OpenAIResponses)]
    [InlineData("""{"sequence_number":1,"message":"m","type":"error"}""", LlmDialect.OpenAIResponses)]
    [InlineData("""{"type":"message_start"}""", LlmDialect.Anthropic)]
    [InlineData("""{ "type" : "ping" }""", LlmDialect.Anthropic)]
    [InlineData("""{"error":{"type":"t","status":"s"},"type":"error"}""", LlmDialect.Anthropic)]
    [InlineData("""{"candidates":[]}""", LlmDialect.Gemini)]
    [InlineData("""{"promptFeedback":{}}""", LlmDialect.Gemini)]
    [InlineData("""{"usageMetadata":{}}""", LlmDialect.Gemini)]
    [InlineData("""{"error":{"status":"UNAVAILABLE"}}""", LlmDialect.Gemini)]
    [InlineData("""{"error":{"message":"m"}}""", LlmDialect.OpenAIChat)]
    [InlineData("""{"error":"m"}""", LlmDialect.Ollama)]
    [InlineData("""{"done":false}""", LlmDialect.Ollama)]
    [InlineData("""{"done":"no"}""", null)]
    [InlineData("""{"x":{"choices":[]}}""", null)]
    [InlineData("""{"type":"text"}""", null)]
    [InlineData("""{"error":null}""", null)]
    [InlineData("""{"choices":[]""", null)]
    [InlineData("""[{"choices":[]}]""", null)]
    [InlineData("null", null)]
    public void Recognize_FirstChunk_GivesItsDialect(string chunk, LlmDialect? expected) =>
        Assert.Equal(expected, DialectRecognizer.Recognize(Encoding.UTF8.GetBytes(chunk)));

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"error":{"message":"cut""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"conte""")]
    [InlineData("""{"error":{"message":"m"}} {}""")]
    [InlineData("""{"error":{"message":"m"},}""")]
    [InlineData("""{"error":{"message":"\ud83d"}}""")]
    public void Read_NotTheJsonExpected_TellsNothing(string chunk)
    {
        var reading = Read(default, Chat, chunk);

        Assert.True(reading.IsMalformed);
        Assert.Null(reading.Error);
        Assert.Equal("m", reading.Model);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n")]
    [InlineData("[DONE]")]
    [InlineData("\uFEFF" + Chat)]
    public void Read_WhatMayStandInAStream_IsNoFault(string chunk) => Assert.False(Read(default, Chat, chunk).IsMalformed);

    [Fact]
    public void Read_DeeperThanReadersGoByThemselves_IsRead()
    {
        var deep = new StringBuilder().Insert(0, "[{\"a\":", 1000).Append('1').Insert(0, "{\"x\":").AppendJoin(
            "", Enumerable.Repeat("}]", 1000)).Append(",\"choices\":[],\"model\":\"m\"}");

        Assert.Equal("m", Read(default, deep.ToString()).Model);
    }

    [Fact]
    public void Read_HalfACharacterInEachOfTwoChunks_IsPutTogetherInTheText()
    {
        var reading = Read(
            new ChunkReading { Content = new AnswerContent(new ContentRules(new LlmTracingOptions())) },
            """{"choices":[{"index":0,"delta":{"content":"a\n\ud83d"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"\ude00\"\\\/\u00e9é"}}]}""");

        Assert.Equal("a\n😀\"\\/éé", reading.Content!.TextOf(0));
        Assert.False(reading.IsMalformed);
    }

    [Fact]
    public void Read_AnswerIsAsLongAsMayBeKept_TextIsNoLongerLookedFor()
    {
        var rules = new ContentRules(new LlmTracingOptions { MaxContentLength = 10 });

        var reading = Read(
            new ChunkReading { Content = new AnswerContent(rules) },
            Enumerable.Repeat("""{"choices":[{"index":0,"delta":{"content":"123"}}]}""", 100));

        Assert.False(reading.WantsText);
        Assert.InRange(reading.TextLength, 10, 15);
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":1.5,"total_tokens":"3"}}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":99999999999999999999,"completion_tokens":{},"total_tokens":[1]}}""")]
    public void Read_CountsThatAreNone_AreUnknown(string chunk) => Assert.True(Read(default, Chat, chunk).Usage.IsEmpty);

    private static ChunkReading Read(ChunkReading reading, params IEnumerable<string> chunks)
    {
        foreach (var chunk in chunks)
        {
            ProviderJson.Read(Encoding.UTF8.GetBytes(chunk), ref reading);
        }

        return reading;
    }

    private static long Allocated(ref ChunkReading reading, Reader read)
    {
        read(ref reading);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            read(ref reading);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private delegate void Reader(ref ChunkReading reading);
}
