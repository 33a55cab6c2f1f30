using System.Diagnostics;
using System.Net.ServerSentEvents;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

public sealed class SseEndingTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Hidden = "The response could not be completed.";

    [Theory]
    [InlineData("Production", Hidden)]
    [InlineData("Staging", Hidden)]
    [InlineData("Development", "Host db1 refused.")]
    public async Task Report_SourceThrows_ErrorEventHasTheTextInDevelopmentOnly(string environment, string message)
    {
        await using var app = await StartAsync(environment, static () => Failing(afterChunks: 1).ToResult(
            SourceShape.Iterator, new LlmCall("m")));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal($":\n\ndata: a\n\n{Error("upstream_failed", message)}", body);
        AssertFailed(app, transaction, chunks: 1);
        Assert.Equal(200, transaction.Root[HttpAttributes.ResponseStatusCode]);
    }

    [Theory]
    [InlineData(SourceShape.Iterator)]
    [InlineData(SourceShape.IteratorWithoutToken)]
    [InlineData(SourceShape.Enumerator)]
    [InlineData(SourceShape.IgnoringEnumerator)]
    [InlineData(SourceShape.SseItems)]
    public async Task Report_SourceThrowsBeforeItsFirstChunk_IsAnErrorEvent(SourceShape shape)
    {
        var source = Failing(afterChunks: 0);
        await using var app = await StartAsync("Production", () => source.ToResult(shape, new LlmCall("m")));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal($":\n\n{Error("upstream_failed", Hidden)}", body);
        AssertFailed(app, transaction, chunks: 0);
        Assert.Equal(1, source.Disposals);
    }

    [Fact]
    public async Task Report_ExceptionCannotDescribeItself_ClientIsToldAndTheSpanEnds()
    {
        await using var app = await StartAsync("Production", static () => new ScriptedSource("a")
        {
            FailureAfter = 1,
            Failure = new Indescribable(),
        }.ToResult(SourceShape.Iterator, new LlmCall("m")));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal($":\n\ndata: a\n\n{Error("upstream_failed", Hidden)}", body);
        var span = Assert.Single(transaction.Spans);
        Assert.False(span.IsUnfinished);
        Assert.Equal((StreamOutcome.UpstreamFailed, StreamOutcome.UpstreamFailed), (transaction.Outcome, span.Outcome));
        Assert.Equal(typeof(Indescribable).FullName, span.Error?.Type);
        Assert.Equal("[It could not be read: System.InvalidOperationException]", span.Error?.Message);
        Assert.Empty(app.Logs.Of("TracingFailed"));
    }

    private sealed class Indescribable : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");
    }

    [Fact]
    public async Task Report_GetAsyncEnumeratorThrows_IsAnErrorEvent()
    {
        await using var app = await StartAsync(
            "Production", static () => Results.TracedSse(new Unopenable(), new LlmCall("m")));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal($":\n\n{Error("upstream_failed", Hidden)}", body);
        AssertFailed(app, transaction, chunks: 0);
    }

    [Fact]
    public async Task Report_ToWireThrows_IsAnErrorEventAndTheSourceIsDisposed()
    {
        var source = new ScriptedSource("a", "b", "c");
        await using var app = await StartAsync("Production", () => Results.TracedSse<string, string>(
            source.As(SourceShape.Iterator),
            static chunk => chunk == "b" ? throw Refused() : new SseItem<string>(chunk),
            new LlmCall("m")));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal($":\n\ndata: a\n\n{Error("upstream_failed", Hidden)}", body);
        AssertFailed(app, transaction, chunks: 2);
        Assert.Equal(1, source.Disposals);
    }

    [Fact]
    public async Task Report_ChunkCannotBeSerialized_LeavesNoHalfEventBefore()
    {
        await using var app = await StartAsync("Production", static () => Results.TracedSse<Unserializable, Unserializable>(
            new[] { new Unserializable() }.ToAsyncEnumerable(),
            static chunk => new SseItem<Unserializable>(chunk, "delta") { EventId = "1" },
            new LlmCall("m")));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal($":\n\n{Error("upstream_failed", Hidden)}", body);
        AssertFailed(app, transaction, chunks: 1);
    }

    [Fact]
    public async Task Report_NulInTheEventType_LeavesNoHalfEventBefore()
    {
        await using var app = await StartAsync("Production", static () => Results.TracedSse(
            new[] { new SseItem<string>("a", "x\0y") { EventId = "1" } }.ToAsyncEnumerable(), new LlmCall("m")));

        Assert.Equal($":\n\n{Error("upstream_failed", Hidden)}", await BodyAsync(app));
        Assert.IsType<ArgumentException>(Assert.Single(app.Logs.Errors).Exception);
    }

    [Fact]
    public async Task Report_SourceTimesOut_SaysSo()
    {
        await using var app = await StartAsync("Production", static () => new ScriptedSource("a")
        {
            Failure = new TaskCanceledException("Late.", new TimeoutException()),
            FailureAfter = 1,
        }.ToResult(SourceShape.Iterator, new LlmCall("m")));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal($":\n\ndata: a\n\n{Error("upstream_timed_out", Hidden)}", body);
        Assert.Equal(StreamOutcome.UpstreamTimedOut, transaction.Outcome);
        Assert.Equal(StreamOutcome.UpstreamTimedOut, Assert.Single(transaction.Spans).Outcome);
    }

    [Fact]
    public async Task Report_DisposalOfACompletedSourceThrows_AnswerIsComplete()
    {
        await using var app = await StartAsync("Production", static () => Results.TracedSse(new BadlyDisposed()));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(
            $":\n\ndata: a\n\nevent: done\ndata: {{\"outcome\":\"completed\",\"traceId\":\"{TraceId}\"}}\n\n", body);
        Assert.Equal(StreamOutcome.Completed, Assert.Single(transaction.Spans).Outcome);
        Assert.Equal("Host db1 refused.", Assert.Single(app.Logs.Of("DisposalFailed")).Exception?.Message);
        Assert.Empty(app.Logs.Errors);
    }

    private static Task<TestApp> StartAsync(string environment, Func<IResult> answer) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Environment = environment,
            Inside = app => app.MapGet("/", answer),
        });

    private static ScriptedSource Failing(int afterChunks) =>
        new("a", "b") { Failure = Refused(), FailureAfter = afterChunks };

    private static InvalidOperationException Refused() => new("Host db1 refused.");

    private static string Error(string type, string message) =>
        $"event: error\ndata: {{\"type\":\"{type}\",\"message\":\"{message}\",\"traceId\":\"{TraceId}\"}}\n\n";

    private static async Task<string> BodyAsync(TestApp app)
    {
        using var response = await app.SendAsync("GET", "/", ("traceparent", $"00-{TraceId}-b7ad6b7169203331-01"));
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static void AssertFailed(TestApp app, RecordedTransaction transaction, long chunks)
    {
        var log = Assert.Single(app.Logs.Errors);
        Assert.Equal(("LlmTracing.Streaming", 1, "StreamFailed"), (log.Category, log.Event.Id, log.Event.Name));
        Assert.Equal($"The streamed response of trace {TraceId} failed.", log.Message);
        Assert.Equal("Host db1 refused.", log.Exception?.Message);

        var span = Assert.Single(transaction.Spans);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(StreamOutcome.UpstreamFailed, span.Outcome);
        Assert.Equal("System.InvalidOperationException", span[GenAiAttributes.ErrorType]);
        Assert.Equal("Host db1 refused.", span.Error?.Message);
        Assert.Equal(chunks, span[LlmTracingAttributes.StreamChunks]);
        Assert.Equal(["error"], Assert.IsType<string[]>(span[GenAiAttributes.ResponseFinishReasons]));

        // The failure is the stream's; its transaction says so too, but does not repeat the exception.
        Assert.Equal(ActivityStatusCode.Error, transaction.Root.Status);
        Assert.Equal(StreamOutcome.UpstreamFailed, transaction.Outcome);
        Assert.Equal("System.InvalidOperationException", transaction.Root[GenAiAttributes.ErrorType]);
        Assert.Null(transaction.Root.Error);
    }

    private sealed class Unopenable : IAsyncEnumerable<string>
    {
        public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken) => throw Refused();
    }

    private sealed class BadlyDisposed : IAsyncEnumerable<string>, IAsyncEnumerator<string>
    {
        private int _pulls;

        public string Current => "a";

        public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken) => this;

        public ValueTask<bool> MoveNextAsync() => ValueTask.FromResult(_pulls++ == 0);

        public ValueTask DisposeAsync() => throw Refused();
    }

    private sealed class Unserializable
    {
        // More than the writer's first buffer holds, so that some of it has been handed over when the rest throws.
        public string Text { get; } = new('x', 20_000);

        public string Rest => Text.Length > 0 ? throw Refused() : Text;
    }
}
