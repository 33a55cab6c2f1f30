using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

/// <summary>What the settings of a response do on the wire, by a clock that the test moves.</summary>
public sealed class SseOptionsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Heartbeat_WhileTheSourceIsSilent_ComesOnceAnInterval()
    {
        var (clock, silence) = (new TestClock(), new ScriptGate(1));
        await using var app = await StartAsync(
            new ScriptedSource("a", "b") { Gates = [silence] },
            new TracedSseOptions { Heartbeat = TimeSpan.FromSeconds(10) },
            clock);
        using var client = await ConnectAsync(app);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        Assert.Equal("data: a", await client.ReadFrameAsync(Cancellation));
        await silence.Reached.BoundAsync("silence");

        var first = client.ReadFrameAsync(Cancellation);
        Assert.Equal(":", await clock.AdvanceUntilAsync(first, TimeSpan.FromSeconds(10)));
        var second = client.ReadFrameAsync(Cancellation);
        clock.Advance(TimeSpan.FromSeconds(9));
        silence.Release();

        // Nine seconds after the first there is none: what comes is the chunk.
        Assert.Equal("data: b", await second);
        Assert.StartsWith("event: done", await client.ReadFrameAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TraceEvent_WhenTheStreamOpens_TellsItsTraceIfAskedFor(bool isAskedFor)
    {
        var silence = new ScriptGate(0);
        await using var app = await StartAsync(
            new ScriptedSource("a") { Gates = [silence] }, new TracedSseOptions { TraceEvent = isAskedFor }, new TestClock());
        using var client = await ConnectAsync(app);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));

        // While the provider is silent.
        var trace = isAskedFor ? await client.ReadFrameAsync(Cancellation) : null;
        silence.Release();
        Assert.Equal("data: a", await client.ReadFrameAsync(Cancellation));

        var transaction = await app.Sink.NextAsync();
        Assert.Equal(isAskedFor ? $"event: trace\ndata: {{\"traceId\":\"{transaction.TraceId.ToHexString()}\"}}" : null, trace);
    }

    [Fact]
    public async Task Heartbeat_SwitchedOff_NeverComes()
    {
        var (clock, silence) = (new TestClock(), new ScriptGate(0));
        var options = new TracedSseOptions
        {
            Heartbeat = Timeout.InfiniteTimeSpan,
            FirstChunkTimeout = Timeout.InfiniteTimeSpan,
        };
        await using var app = await StartAsync(new ScriptedSource("a") { Gates = [silence] }, options, clock);
        using var client = await ConnectAsync(app);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        await silence.Reached.BoundAsync("silence");

        clock.Advance(TimeSpan.FromDays(1));
        silence.Release();

        Assert.Equal("data: a", await client.ReadFrameAsync(Cancellation));
    }

    [Fact]
    public async Task Heartbeat_WhileChunksKeepComing_NeverComes()
    {
        var (clock, gates) = (new TestClock(), Enumerable.Range(1, 5).Select(static i => new ScriptGate(i)).ToArray());
        await using var app = await StartAsync(
            new ScriptedSource("a", "b", "c", "d", "e") { Gates = gates },
            new TracedSseOptions { Heartbeat = TimeSpan.FromSeconds(10) },
            clock);
        using var client = await ConnectAsync(app);

        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        foreach (var (chunk, gate) in new[] { "a", "b", "c", "d", "e" }.Zip(gates))
        {
            Assert.Equal($"data: {chunk}", await client.ReadFrameAsync(Cancellation));
            await gate.Reached.BoundAsync("next pull");
            clock.Advance(TimeSpan.FromSeconds(9));
            gate.Release();
        }

        Assert.StartsWith("event: done", await client.ReadFrameAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeouts_AsTheAppSetsThem_HoldWhereTheResponseSaysNothing()
    {
        var (clock, silence) = (new TestClock(), new ScriptGate(1));
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Configuration = new Dictionary<string, string?>
            {
                ["LlmTracing:Sse:StallTimeout"] = "00:00:07",
                ["LlmTracing:Sse:Completion"] = "OpenAiDone",
            },
            Services = services => services.AddSingleton<TimeProvider>(clock),
            Inside = app => app.MapGet("/", () => new ScriptedSource("a") { Gates = [silence] }
                .ToResult(SourceShape.Iterator, options: new TracedSseOptions { Completion = SseCompletion.Event })),
        });
        using var client = await ConnectAsync(app);
        await silence.Reached.BoundAsync("silence");

        var transaction = await clock.AdvanceUntilAsync(app.Sink.NextAsync(), TimeSpan.FromSeconds(7));

        var span = Assert.Single(transaction.Spans);
        Assert.Equal(StreamOutcome.UpstreamTimedOut, span.Outcome);
        Assert.Equal("The provider took longer than StallTimeout allows: 00:00:07.", span.Error?.Message);
        Assert.Equal(ActivityStatusCode.Error, transaction.Root.Status);
    }

    [Fact]
    public async Task Options_OfTheConfiguration_AreTheAppsDefaults()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Configuration = new Dictionary<string, string?>
            {
                ["LlmTracing:Sse:MaxDuration"] = "-00:00:00.001",
                ["LlmTracing:Sse:OnDisconnect"] = "DrainUpstream",
                ["LlmTracing:Sse:DrainLimit:Time"] = "00:00:05",
                ["LlmTracing:Sse:EventIds"] = "true",
                ["LlmTracing:Sse:Retry"] = "00:00:01.5",
            },
        });

        var sse = app.Services.GetRequiredService<IOptions<LlmTracingOptions>>().Value.Sse;

        Assert.Equal(Timeout.InfiniteTimeSpan, sse.MaxDuration);
        Assert.Equal(DisconnectBehavior.DrainUpstream, sse.OnDisconnect);
        Assert.Equal(new DrainLimit { Time = TimeSpan.FromSeconds(5), Chunks = 10_000 }, sse.DrainLimit);
        Assert.Equal((true, TimeSpan.FromSeconds(1.5)), (sse.EventIds!.Value, sse.Retry!.Value));
        Assert.Null(sse.Heartbeat);
    }

    [Fact]
    public async Task Stall_AfterTheFirstChunk_IsNoticedThoughNothingElseIsDue()
    {
        var (clock, silence) = (new TestClock(), new ScriptGate(1));
        var options = new TracedSseOptions
        {
            StallTimeout = TimeSpan.FromSeconds(1),
            FirstChunkTimeout = TimeSpan.FromMinutes(30),
            WriteTimeout = Timeout.InfiniteTimeSpan,
            Heartbeat = Timeout.InfiniteTimeSpan,
        };
        await using var app = await StartAsync(new ScriptedSource("a") { Gates = [silence] }, options, clock);
        using var client = await ConnectAsync(app);
        await silence.Reached.BoundAsync("silence");
        var start = clock.GetUtcNow();

        var transaction = await clock.AdvanceUntilAsync(app.Sink.NextAsync(), TimeSpan.FromSeconds(1));

        Assert.Equal(StreamOutcome.UpstreamTimedOut, transaction.Outcome);
        Assert.True(clock.GetUtcNow() - start < options.FirstChunkTimeout, "It was found only when the first chunk was due.");
    }

    [Fact]
    public async Task MaxDuration_SourceIgnoresItsToken_LastWordsDoNotWaitForIt()
    {
        var (clock, silence) = (new TestClock(), new ScriptGate(1));
        var options = new TracedSseOptions
        {
            MaxDuration = TimeSpan.FromSeconds(1),
            CancellationTimeout = TimeSpan.FromSeconds(50),
        };
        await using var app = await StartAsync(
            new ScriptedSource("a") { Gates = [silence] }, options, clock, SourceShape.IgnoringEnumerator);
        using var client = await ConnectAsync(app);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        Assert.Equal("data: a", await client.ReadFrameAsync(Cancellation));
        await silence.Reached.BoundAsync("silence");

        clock.Advance(TimeSpan.FromSeconds(1));
        var last = await client.ReadFrameAsync(Cancellation);
        silence.Release();
        var transaction = await app.Sink.NextAsync();

        Assert.StartsWith("event: error", last, StringComparison.Ordinal);
        Assert.Equal(StreamOutcome.UpstreamTimedOut, transaction.Outcome);
    }

    [Fact]
    public async Task Stall_WhileChunksKeepComing_IsNone()
    {
        var (clock, gates) = (new TestClock(), Enumerable.Range(1, 5).Select(static i => new ScriptGate(i)).ToArray());
        await using var app = await StartAsync(
            new ScriptedSource("a", "b", "c", "d", "e") { Gates = gates },
            new TracedSseOptions { StallTimeout = TimeSpan.FromSeconds(10), Heartbeat = Timeout.InfiniteTimeSpan },
            clock);
        using var client = await ConnectAsync(app);

        foreach (var gate in gates)
        {
            await gate.Reached.BoundAsync("next pull");
            clock.Advance(TimeSpan.FromSeconds(6));
            gate.Release();
        }

        var transaction = await app.Sink.NextAsync();
        Assert.Equal(StreamOutcome.Completed, transaction.Outcome);
    }

    [Fact]
    public async Task RetryAndEventIds_AreSentWhereAClientNeedsThem()
    {
        var options = new TracedSseOptions { Retry = TimeSpan.FromSeconds(2.5), EventIds = true };
        await using var app = await StartAsync(new ScriptedSource("a", "b"), options, new TestClock());

        var body = await app.GetAsync("/");

        Assert.StartsWith(
            ":\n\nretry: 2500\n\nid: 1\ndata: a\n\nid: 2\ndata: b\n\nevent: done\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompletionNone_TextEndsInHalfACharacter_IsFinishedAllTheSame()
    {
        var options = new TracedSseOptions { Completion = SseCompletion.None };
        await using var app = await StartAsync(new ScriptedSource("a\ud83d"), options, new TestClock());

        Assert.Equal(":\n\ndata: a\n\ndata: \ufffd\n\n", await app.GetAsync("/"));
    }

    [Theory]
    [InlineData(SourceShape.Iterator)]
    [InlineData(SourceShape.Enumerator)]
    public async Task Bytes_OfAllThatIsWritten_AreCounted(SourceShape shape)
    {
        await using var app = await StartAsync(
            new ScriptedSource("a", "é") { Gates = [] }, new TracedSseOptions(), new TestClock(), shape);

        var body = await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        var written = System.Text.Encoding.UTF8.GetByteCount(body);
        Assert.Equal((long)written, Assert.Single(transaction.Spans)[LlmTracingAttributes.StreamBytes]);
    }

    [Fact]
    public async Task WriteWait_ClientMakesTheServerWait_IsMeasured()
    {
        var (large, behind) = (new ScriptGate(1), new ScriptGate(2));
        var source = new ScriptedSource("a", new string('x', 12 * 1024 * 1024)) { Gates = [large, behind] };
        await using var app = await TestApp.StartAsync(
            app => app.MapGet("/", () => source.ToResult(SourceShape.Iterator)));
        using var client = await ConnectAsync(app);
        await large.Reached.BoundAsync("silence");
        large.Release();
        await behind.Reached.BoundAsync("pull behind the large chunk");

        for (var i = 0; i < 3; i++)
        {
            await client.ReadFrameAsync(Cancellation);
        }

        behind.Release();
        var transaction = await app.Sink.NextAsync();

        Assert.True((double)Assert.Single(transaction.Spans)[LlmTracingAttributes.StreamWriteWait]! > 0);
    }

    [Fact]
    public async Task WriteWait_ClientTakesNothing_IsCountedToTheEnd()
    {
        var (clock, large, behind) = (new TestClock(), new ScriptGate(0), new ScriptGate(1));
        var source = new ScriptedSource(new string('x', 32 * 1024 * 1024)) { Gates = [large, behind] };
        var options = new TracedSseOptions { WriteTimeout = TimeSpan.FromSeconds(2), StallTimeout = Timeout.InfiniteTimeSpan };
        await using var app = await StartAsync(source, options, clock);
        using var client = await ConnectAsync(app);
        await large.Reached.BoundAsync("silence");
        large.Release();
        await behind.Reached.BoundAsync("pull behind the large chunk");

        var transaction = await clock.AdvanceUntilAsync(app.Sink.NextAsync(), TimeSpan.FromSeconds(1));

        var span = Assert.Single(transaction.Spans);
        Assert.Equal(StreamOutcome.WriteTimedOut, span.Outcome);
        Assert.True((double)span[LlmTracingAttributes.StreamWriteWait]! >= 2);
    }

    [Fact]
    public async Task LastWrite_ClientLeavesIt_IsClientDisconnectedWithAllTheTokens()
    {
        var (large, end) = (new ScriptGate(0), new ScriptGate(1));
        var source = new ScriptedSource(new string('x', 32 * 1024 * 1024)) { Gates = [large, end] };
        await using var app = await StartAsync(source, new TracedSseOptions(), new TestClock());
        using var client = await ConnectAsync(app);
        await large.Reached.BoundAsync("silence");
        large.Release();
        await end.Reached.BoundAsync("pull behind the large chunk");
        end.Release();
        await source.Disposed.BoundAsync("end of the source");

        client.Abort();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(StreamOutcome.ClientDisconnected, Assert.Single(transaction.Spans).Outcome);
        Assert.False(source.TokenCancelled.IsCompleted);
        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task LastWrite_ClientDoesNotTakeIt_IsWriteTimedOut()
    {
        var (clock, large, end) = (new TestClock(), new ScriptGate(0), new ScriptGate(1));
        var source = new ScriptedSource(new string('x', 32 * 1024 * 1024)) { Gates = [large, end] };
        var options = new TracedSseOptions { WriteTimeout = TimeSpan.FromSeconds(20), MaxDuration = TimeSpan.FromSeconds(10) };
        await using var app = await StartAsync(source, options, clock);
        using var client = await ConnectAsync(app);
        await large.Reached.BoundAsync("silence");
        large.Release();
        await end.Reached.BoundAsync("pull behind the large chunk");
        end.Release();
        await source.Disposed.BoundAsync("end of the source");

        var transaction = await clock.AdvanceUntilAsync(app.Sink.NextAsync(), TimeSpan.FromSeconds(1));

        // And not that the provider was too slow, which has ended.
        Assert.Equal(StreamOutcome.WriteTimedOut, transaction.Outcome);
        Assert.Single(app.Logs.Of("ClientDidNotRead"));
    }

    [Fact]
    public async Task ResponseThatTheAppHasBegun_IsTheAppsFaultAndAsksNoProvider()
    {
        var source = new ScriptedSource("a");
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("begun", Cancellation);
            return source.ToResult(SourceShape.Iterator);
        }));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.GetAsync("/"));
        var transaction = await app.Sink.NextAsync();

        Assert.StartsWith("Results.TracedSse needs a response of its own", transaction.Root.Error?.Message, StringComparison.Ordinal);
        Assert.Equal("System.InvalidOperationException", transaction.Root[GenAiAttributes.ErrorType]);
        Assert.Empty(transaction.Spans);
        Assert.Equal(0, source.Enumerations);
    }

    [Fact]
    public async Task CancellationTimeout_SourceDoesNotAnswer_IsGivenUpOnThen()
    {
        var (clock, silence) = (new TestClock(), new ScriptGate(1));
        await using var app = await StartAsync(
            new ScriptedSource("a") { Gates = [silence] },
            new TracedSseOptions { CancellationTimeout = TimeSpan.FromSeconds(30) },
            clock,
            SourceShape.IgnoringEnumerator);
        using var client = await ConnectAsync(app);
        await silence.Reached.BoundAsync("silence");

        client.Abort();
        var recorded = app.Sink.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(recorded.IsCompleted);
        var transaction = await clock.AdvanceUntilAsync(recorded, TimeSpan.FromSeconds(30));

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(LogLevel.Information, Assert.Single(app.Logs.Of("SourceGivenUpOn")).Level);
        silence.Release();
    }

    private static Task<TestApp> StartAsync(
        ScriptedSource source, TracedSseOptions options, TestClock clock, SourceShape shape = SourceShape.Iterator) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton<TimeProvider>(clock),
            Inside = app => app.MapGet("/", () => source.ToResult(shape, options: options)),
        });

    private static async Task<RawHttpClient> ConnectAsync(TestApp app)
    {
        var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        return client;
    }
}
