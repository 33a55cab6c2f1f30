using System.Diagnostics;
using System.Net.ServerSentEvents;
using LlmTracing.Streaming;
using LlmTracing.Streaming.Flow;
using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Unit.Support;
using LlmTracing.Tests.Unit.Support.Fixtures;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>What a provider's JSON makes of a stream's span.</summary>
public sealed class TracedEnumeratorProviderJsonTests
{
    [Theory]
    [InlineData("openai-chat/error-mid-stream", "server_error", null)]
    [InlineData("openai-responses/failed", "rate_limit_exceeded", 429)]
    [InlineData("anthropic/error-mid-stream", "overloaded_error", 503)]
    [InlineData("gemini/error-mid-stream", "UNAVAILABLE", 503)]
    [InlineData("ollama/error-mid-stream", "LlmTracing.LlmStreamException", null)]
    public async Task MoveNextAsync_ErrorInTheStream_EveryChunkArrivesAndTheSpanFailed(string name, string type, int? status)
    {
        using var spans = new SpanRecorder();
        var fixture = StreamFixture.Named(name);
        var chunks = ReadFixture.ChunksOf(fixture);

        var read = await Streams.Of(chunks).TraceLlm().ReadAsync();

        var span = spans.Single;
        Assert.Equal(chunks, read);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(fixture.Expected.Error!.Message, span.StatusDescription);
        Assert.Equal("upstream_failed", span.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal(type, span.GetTagItem("error.type"));
        Assert.Equal((long?)status, span.GetTagItem("llm_tracing.upstream.status_code"));
        Assert.Equal("LlmTracing.LlmStreamException", Assert.Single(span.Events).Tags.Single(tag => tag.Key == "exception.type").Value);
    }

    [Fact]
    public async Task MoveNextAsync_ErrorAndThenTheSourceThrows_TheExceptionIsTheCause()
    {
        using var spans = new SpanRecorder();
        var chunks = ReadFixture.ChunksOf(StreamFixture.Named("anthropic/error-mid-stream"));

        await Assert.ThrowsAsync<IOException>(() => Streams.Failing(new IOException(), chunks).TraceLlm().ReadAsync());

        Assert.Equal("System.IO.IOException", spans.Single.GetTagItem("error.type"));
    }

    [Theory]
    [InlineData("anthropic/cut-before-stop", "partial")]
    [InlineData("anthropic/plain", "provider")]
    [InlineData("openai-chat/running-totals", "provider")]
    public async Task MoveNextAsync_SourceEnds_UsageIsTheProvidersIfTheDialectsEndCame(string name, string source)
    {
        using var spans = new SpanRecorder();

        await Streams.Of(ReadFixture.ChunksOf(StreamFixture.Named(name))).TraceLlm().ReadAsync();

        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal(source, spans.Single.GetTagItem("llm_tracing.usage.source"));
    }

    [Fact]
    public async Task MoveNextAsync_UpdatesOfADerivedType_AreReadAsTheirBase()
    {
        using var spans = new SpanRecorder();

        await Streams.Of(new OwnUpdate { ModelId = "m" }).TraceLlm().ReadAsync();

        Assert.Equal("m", spans.Single.GetTagItem("gen_ai.response.model"));
    }

    [Fact]
    public async Task MoveNextAsync_SeveralAnswersAndToolCalls_AreAllOnTheSpan()
    {
        using var spans = new SpanRecorder();
        var answers = ReadFixture.ChunksOf(StreamFixture.Named("openai-chat/multi-choice"));
        var calls = ReadFixture.ChunksOf(StreamFixture.Named("gemini/tools-parallel"));

        await Streams.Of(answers).TraceLlm().ReadAsync();
        await Streams.Of(calls.Select(call => new SseItem<string>(call))).TraceLlm().ReadAsync();

        Assert.Equal(["stop", "length", "stop"], Texts(spans.Ended[0], "gen_ai.response.finish_reasons"));
        Assert.Null(spans.Ended[0].GetTagItem("llm_tracing.tool_calls.ids"));
        Assert.Equal(["fc-tide-1", "", ""], Texts(spans.Ended[1], "llm_tracing.tool_calls.ids"));
        Assert.Equal(["get_tide", "translate", "translate"], Texts(spans.Ended[1], "llm_tracing.tool_calls.names"));
    }

    [Fact]
    public async Task MoveNextAsync_ChunksThatAreNotJson_ArePassedOnWithOneWarningForTheStream()
    {
        using var spans = new SpanRecorder();
        using var logs = new LogLines();
        var chunks = ReadFixture.ChunksOf(StreamFixture.Named("openai-chat/not-json"));

        var read = await Traced(chunks, logs);

        Assert.Equal(chunks, read);
        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal(8L, spans.Single.GetTagItem("gen_ai.usage.total_tokens"));
        Assert.Equal((long)chunks.Count, spans.Single.GetTagItem("llm_tracing.stream.chunks"));
        var (level, name, text) = Assert.Single(logs.All);
        Assert.Equal((LogLevel.Warning, "ChunkNotUnderstood"), (level, name));
        Assert.DoesNotContain("html", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task MoveNextAsync_TypeWithoutReader_ChunksAreCountedAndOneLineSaysSoForAllItsStreams()
    {
        using var spans = new SpanRecorder();
        using var logs = new LogLines();

        await Traced<Unread>([new(), new()], logs);
        await Traced<Unread>([new()], logs);

        Assert.Equal([2L, 1L], spans.Ended.Select(span => span.GetTagItem("llm_tracing.stream.chunks")));
        var (level, name, text) = Assert.Single(logs.All);
        Assert.Equal((LogLevel.Debug, "NoChunkReader"), (level, name));
        Assert.Contains(typeof(Unread).FullName!, text, StringComparison.Ordinal);
    }

    private static async Task<List<T>> Traced<T>(IReadOnlyList<T> chunks, ILoggerFactory logs)
    {
        var call = new LlmCall();
        var trace = new StreamTrace(call, SpanParent.FindAtCall(call), CurrentRequest.Host with { Loggers = logs }, TimeProvider.System);
        var read = new List<T>();
        await using var enumerator = new TracedEnumerator<T>(Streams.Of(chunks), trace, default);
        while (await enumerator.MoveNextAsync())
        {
            read.Add(enumerator.Current);
        }

        return read;
    }

    private static string[] Texts(Activity span, string tag) => Assert.IsType<string[]>(span.GetTagItem(tag));

    private sealed record Unread;

    private sealed class OwnUpdate : Microsoft.Extensions.AI.ChatResponseUpdate;
}
