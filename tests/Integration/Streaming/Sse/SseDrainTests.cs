using System.Net.ServerSentEvents;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

/// <summary>Answers that are read on after their client has left, for the usage that comes last.</summary>
public sealed class SseDrainTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_OpenAiThroughItsSdk_TransactionHasTheDepartureAndTheExactUsage()
    {
        var gate = new ScriptGate(1);
        await using var openai = await ScriptedOpenAi.StartAsync();
        openai.Script = new ProviderScript { Gate = gate, Usage = new ScriptedUsage(Input: 11, Output: 4) };
        var requestEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(openai, requestEnded, new DrainLimit());
        using var client = await ConnectAsync(app);
        await gate.Reached.BoundAsync("silence of the provider");

        client.Abort();
        await requestEnded.Task.BoundAsync("end of the request");
        var before = app.Sink.All.Count;
        gate.Release();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(0, before);
        var chat = transaction.Single("chat");
        Assert.Equal(
            (StreamOutcome.ClientDisconnected, StreamOutcome.ClientDisconnected),
            (chat.Outcome, transaction.Outcome!.Value));
        Assert.Equal((11L, 4L), (chat.Usage.InputTokens!.Value, chat.Usage.OutputTokens!.Value));
        Assert.Equal(new LlmUsage(11, 4) { TotalTokens = 15 }, transaction.Usage);
        Assert.Equal("provider", chat[LlmTracingAttributes.UsageSource]);
        Assert.Equal(true, chat[LlmTracingAttributes.StreamDrained]);
        Assert.Equal(["stop"], Assert.IsType<string[]>(chat[GenAiAttributes.ResponseFinishReasons]));
        Assert.True(chat.End > transaction.Root.End);
        Assert.False(openai.ClientGone.IsCompleted);
    }

    [Fact]
    public async Task Drain_MoreChunksThanItsLimit_StopsThereAndCancelsTheProvider()
    {
        var source = new ScriptedSource("a") { IsEndless = true, Gates = [new ScriptGate(2)] };
        var requestEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(app =>
        {
            Signal(app, requestEnded);
            app.MapGet("/", () => source.ToResult(SourceShape.Iterator, options: Draining(new DrainLimit { Chunks = 5 })));
        });
        using var client = await ConnectAsync(app);
        await source.Gates[0].Reached.BoundAsync("silence of the source");

        client.Abort();
        await requestEnded.Task.BoundAsync("end of the request");
        source.Gates[0].Release();
        var transaction = await app.Sink.NextAsync();
        await source.TokenCancelled.BoundAsync("cancellation of the source");
        await source.Disposed.BoundAsync("disposal of the source");

        var span = Assert.Single(transaction.Spans);

        // Two before, the one that was being waited for, and five more.
        Assert.Equal(8L, span[LlmTracingAttributes.StreamChunks]);
        Assert.Equal(false, span[LlmTracingAttributes.StreamDrained]);
        Assert.Equal(1, source.Disposals);
    }

    [Fact]
    public async Task Drain_ChunksAfterTheDeparture_AreReadButMadeIntoNoEvents()
    {
        var gate = new ScriptGate(1);
        var source = new ScriptedSource("a", "b", "c") { Gates = [gate] };
        var requestEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var events = new List<string>();
        await using var app = await TestApp.StartAsync(app =>
        {
            Signal(app, requestEnded);
            app.MapGet("/", () => Results.TracedSse<string, string>(
                source.As(SourceShape.Iterator), ToEvent, options: Draining(new DrainLimit())));
        });
        using var client = await ConnectAsync(app);
        await gate.Reached.BoundAsync("silence of the source");

        client.Abort();
        await requestEnded.Task.BoundAsync("end of the request");
        gate.Release();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(3L, Assert.Single(transaction.Spans)[LlmTracingAttributes.StreamChunks]);
        Assert.Equal(["a"], events);

        SseItem<string>? ToEvent(string chunk)
        {
            events.Add(chunk);
            return new SseItem<string>(chunk);
        }
    }

    [Fact]
    public async Task Drain_SourceIsNeverWaitedFor_RequestEndsAllTheSame()
    {
        var source = new ComputedSource();
        var requestEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(app =>
        {
            Signal(app, requestEnded);
            app.MapGet(
                "/", () => Results.TracedSse(source, options: Draining(new DrainLimit { Chunks = int.MaxValue })));
        });
        using var client = await ConnectAsync(app);

        client.Abort();
        await requestEnded.Task.BoundAsync("end of the request");
        source.End();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(true, Assert.Single(transaction.Spans)[LlmTracingAttributes.StreamDrained]);
    }

    [Fact]
    public async Task ToWire_Throws_SourceSeesItsTokenCancelled()
    {
        var source = new ScriptedSource("a") { IsEndless = true };
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", () => Results.TracedSse<string, string>(
            source.As(SourceShape.Iterator), static _ => throw new InvalidOperationException("no event"))));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();
        await source.TokenCancelled.BoundAsync("cancellation of the source");

        Assert.Equal(StreamOutcome.UpstreamFailed, transaction.Outcome);
    }

    [Fact]
    public async Task Drain_ProviderFailsMeanwhile_IsNoErrorOfTheRequest()
    {
        var gate = new ScriptGate(1);
        var source = new ScriptedSource("a") { Gates = [gate], FailureAfter = 1, Failure = new IOException("late") };
        var requestEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(app =>
        {
            Signal(app, requestEnded);
            app.MapGet("/", () => source.ToResult(SourceShape.Iterator, options: Draining(new DrainLimit())));
        });
        using var client = await ConnectAsync(app);
        await gate.Reached.BoundAsync("silence of the source");

        client.Abort();
        await requestEnded.Task.BoundAsync("end of the request");
        gate.Release();
        var transaction = await app.Sink.NextAsync();

        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.ClientDisconnected, null), (span.Outcome!.Value, span.Error));
        Assert.Equal(false, span[LlmTracingAttributes.StreamDrained]);
        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task Drain_ClientLeftBeforeTheFirstPull_AsksNoProvider()
    {
        var source = new ScriptedSource("a");
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", (HttpContext context) =>
        {
            context.Abort();
            return source.ToResult(SourceShape.Iterator, options: Draining(new DrainLimit()));
        }));
        using var client = await app.ConnectAsync();

        await client.SendAsync("GET", "/");
        var transaction = await app.Sink.NextAsync();
        await app.StopAsync();

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Empty(transaction.Spans);
        Assert.Equal(0, source.Enumerations);
    }

    [Theory]
    [InlineData(SourceShape.Iterator)]
    [InlineData(SourceShape.Enumerator)]
    public async Task Drain_SourceHasTheRequestsOwnToken_IsNotPulledAgain(SourceShape shape)
    {
        var gate = new ScriptGate(1);
        var source = new ScriptedSource("a", "b") { Gates = [gate] };
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", (CancellationToken aborted) =>
            Results.TracedSse(
                LlmTrace.Defer(_ => new WithToken(source.As(shape), aborted)), options: Draining(new DrainLimit()))));
        using var client = await ConnectAsync(app);
        await gate.Reached.BoundAsync("silence of the source");

        client.Abort();
        var transaction = await app.Sink.NextAsync();
        await source.Disposed.BoundAsync("disposal of the source");

        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.ClientDisconnected, null), (span.Outcome!.Value, span.Error));
        Assert.Equal(false, span[LlmTracingAttributes.StreamDrained]);
        Assert.Equal(1L, span[LlmTracingAttributes.StreamChunks]);
    }

    /// <summary>Computes its chunks on the thread that asks, one after the other, until the test ends it.</summary>
    private sealed class ComputedSource : IAsyncEnumerable<string>, IAsyncEnumerator<string>
    {
        private volatile bool _hasEnded;

        public string Current => "a";

        public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync() => ValueTask.FromResult(!_hasEnded);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void End() => _hasEnded = true;
    }

    private sealed class WithToken(IAsyncEnumerable<string> source, CancellationToken token) : IAsyncEnumerable<string>
    {
        public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            source.GetAsyncEnumerator(token);
    }

    private static TracedSseOptions Draining(DrainLimit limit) =>
        new() { OnDisconnect = DisconnectBehavior.DrainUpstream, DrainLimit = limit };

    private static Task<TestApp> StartAsync(ScriptedOpenAi openai, TaskCompletionSource requestEnded, DrainLimit limit)
    {
        var model = OpenAiModel.Of(openai);
        return TestApp.StartAsync(new TestAppSetup
        {
            Tracing = static tracing => tracing.AddOpenAIReaders(),
            Inside = app =>
            {
                Signal(app, requestEnded);
                app.MapGet("/", () => Results.TracedSse(
                    LlmTrace.Defer(token => model.CompleteChatStreamingAsync([PlantedSecrets.Prompt], cancellationToken: token)),
                    TextOf,
                    new LlmCall("m"),
                    Draining(limit)));
            },
        });
    }

    private static SseItem<string>? TextOf(StreamingChatCompletionUpdate update) =>
        new(string.Concat(update.ContentUpdate.Select(static part => part.Text)));

    private static void Signal(WebApplication app, TaskCompletionSource requestEnded) => app.Use(async (context, next) =>
    {
        await next(context);
        requestEnded.SetResult();
    });

    private static async Task<RawHttpClient> ConnectAsync(TestApp app)
    {
        var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        Assert.StartsWith("data: ", await client.ReadFrameAsync(Cancellation), StringComparison.Ordinal);
        return client;
    }
}
