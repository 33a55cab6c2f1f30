using System.Net;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>What becomes of streams, and of requests for new ones, from the moment the host begins to stop.</summary>
public sealed class HostStopTests
{
    private const string Farewell = "event: error\nretry: 3000\ndata: {\"type\":\"server_stopping\",";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_NewRequest_IsRefusedBeforeTheProviderIsAsked()
    {
        var source = new ScriptedSource("a");
        await using var app = await StartAsync(source, new TestClock());

        BeginStop(app);
        using var response = await app.SendAsync("GET", "/");
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("The server is stopping. Please try again.", problem.GetProperty("detail").GetString());
        Assert.Equal("server_stopping", problem.GetProperty("outcome").GetString());
        Assert.Equal(transaction.TraceId.ToHexString(), problem.GetProperty("traceId").GetString());
        Assert.Equal(0, source.Enumerations);
        Assert.Empty(transaction.Spans);
        Assert.Equal(503, transaction.Root[HttpAttributes.ResponseStatusCode]);
    }

    [Fact]
    public async Task Stop_StreamEndsWithinTheGrace_IsCompleted()
    {
        var (clock, gate) = (new TestClock(), new ScriptGate(1));
        await using var app = await StartAsync(new ScriptedSource("a", "b") { Gates = [gate] }, clock);
        using var client = await OpenAsync(app);

        BeginStop(app);
        clock.Advance(Grace - TimeSpan.FromTicks(1));
        gate.Release();
        var rest = await client.ReadBodyAsync(Cancellation);
        var transaction = await app.Sink.NextAsync();

        Assert.StartsWith("data: b\n\nevent: done\n", rest, StringComparison.Ordinal);
        Assert.Equal(StreamOutcome.Completed, transaction.Outcome);
        Assert.Equal(StreamOutcome.Completed, Assert.Single(transaction.Spans).Outcome);
    }

    [Fact]
    public async Task Stop_StreamGoesOnAfterTheGrace_IsToldAndEnded()
    {
        var (clock, gate) = (new TestClock(), new ScriptGate(1));
        var source = new ScriptedSource("a", "b") { Gates = [gate] };
        await using var app = await StartAsync(source, clock);
        using var client = await OpenAsync(app);

        BeginStop(app);
        var duringGrace = app.Sink.All;
        clock.Advance(Grace);
        var rest = await client.ReadBodyAsync(Cancellation);
        var transaction = await app.Sink.NextAsync();

        Assert.Empty(duringGrace);
        Assert.StartsWith(Farewell, rest, StringComparison.Ordinal);
        Assert.Equal(StreamOutcome.ServerStopping, transaction.Outcome);
        Assert.Equal(StreamOutcome.ServerStopping, Assert.Single(transaction.Spans).Outcome);
        await source.TokenCancelled.BoundAsync("cancellation of the source");
    }

    [Fact]
    public async Task Stop_StreamIsBeingDrained_EndsItsSpanBeforeTheFlush()
    {
        var (time, drain) = (new ManualTimeProvider(), new DrainedSource());
        await using var app = await StartDrainingAsync(drain, time);
        await LeaveAsync(app, drain);

        var stop = app.StopAsync();
        (await TimerOfAsync(time, TimeSpan.Zero)).Fire();
        await drain.Cancelled.BoundAsync("cancellation of the source");
        await TimerOfAsync(time, TimeSpan.FromSeconds(30));
        var isStoppedEarly = stop.IsCompleted;
        drain.End();
        await stop;

        Assert.False(isStoppedEarly);
        var transaction = Assert.Single(app.Sink.Requests);
        var span = Assert.Single(transaction.Spans);
        Assert.False(span.IsUnfinished);
        Assert.Equal(StreamOutcome.ClientDisconnected, span.Outcome);
        Assert.Equal(false, span[LlmTracingAttributes.StreamDrained]);
        Assert.Equal(1, app.Flush.Flushes);
    }

    [Fact]
    public async Task Stop_ClientLeavesWithinTheGraceOfADrainedStream_TellsTheStreamThen()
    {
        var (clock, gate) = (new TestClock(), new ScriptGate(1));
        var source = new ScriptedSource("a", "b") { Gates = [gate] };
        await using var app = await StartAsync(source, clock, DisconnectBehavior.DrainUpstream);
        using var client = await OpenAsync(app);
        await gate.Reached.BoundAsync("silence of the source");

        BeginStop(app);
        client.Abort();

        // By steps that do not reach the end of the grace.
        var transaction = await clock.AdvanceUntilAsync(app.Sink.NextAsync(), TimeSpan.FromMilliseconds(1));

        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.ClientDisconnected, false), (span.Outcome!.Value, span.IsUnfinished));
        await source.TokenCancelled.BoundAsync("cancellation of the source");
    }

    [Fact]
    public async Task Stop_FarewellIsNotTaken_ClientIsCutOffAfterAMomentWhateverItTookBefore()
    {
        var (clock, silence) = (new TestClock(), new ScriptGate(1));
        var (chunk, farewell) = (new ScriptGate(2), new ScriptGate(3));
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton<TimeProvider>(clock),
            Options = static options => options.Sse.Heartbeat = Timeout.InfiniteTimeSpan,
            Inside = app =>
            {
                app.Use((context, next) =>
                {
                    context.Response.Body = new GatedBody(context.Response.Body, [chunk, farewell], context.RequestAborted);
                    return next(context);
                });
                app.MapGet("/", () => new ScriptedSource("a") { Gates = [silence] }.ToResult(SourceShape.Iterator));
            },
        });
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        await chunk.Reached.BoundAsync("write of the chunk");

        // The client has kept the write of the chunk waiting for a while, and takes it just when the host stops.
        clock.Advance(TimeSpan.FromSeconds(20));
        BeginStop(app);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        chunk.Release();
        await farewell.Reached.BoundAsync("write of the farewell");
        var start = clock.GetUtcNow();
        var transaction = await clock.AdvanceUntilAsync(app.Sink.NextAsync(), TimeSpan.FromMilliseconds(250));

        Assert.Equal(StreamOutcome.ServerStopping, transaction.Outcome);
        Assert.True(clock.GetUtcNow() - start < TimeSpan.FromSeconds(10), "It was given the time of the write before.");
    }

    [Fact]
    public async Task Stop_AnotherRequestUsesUpTheHostsTime_FlushHasItsOwn()
    {
        var stuck = new ScriptGate(0);
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Services = static services => services.Configure<HostOptions>(
                static options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100)),
            Inside = app => app.MapGet("/stuck", () => stuck.PassAsync(CancellationToken.None)),
        });
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/stuck");
        await stuck.Reached.BoundAsync("the request that does not end");
        var hasTime = false;
        app.Flush.OnFlush = token =>
        {
            hasTime = !token.IsCancellationRequested;
            return Task.CompletedTask;
        };

        // Kestrel says that it had to cut the request off.
        await Record.ExceptionAsync(app.StopAsync);
        stuck.Release();

        Assert.True(hasTime);
    }

    [Fact]
    public async Task Stop_DrainedStreamDoesNotEnd_LeavesTheFlushHalfOfTheTime()
    {
        var (time, drain) = (new ManualTimeProvider(), new DrainedSource());
        await using var app = await StartDrainingAsync(drain, time);
        await LeaveAsync(app, drain);
        var (atFlush, hasTime) = (0, false);
        app.Flush.OnFlush = token =>
        {
            (atFlush, hasTime) = (app.Sink.Requests.Count, !token.IsCancellationRequested);
            return Task.CompletedTask;
        };

        var stop = app.StopAsync();
        (await TimerOfAsync(time, TimeSpan.FromSeconds(30))).Fire();
        await stop;
        drain.End();

        Assert.Equal((1, true), (atFlush, hasTime));
        Assert.True(Assert.Single(Assert.Single(app.Sink.Requests).Spans).IsUnfinished);
    }

    private static Task<TestApp> StartAsync(
        ScriptedSource source, TestClock clock, DisconnectBehavior? onDisconnect = null) => TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton<TimeProvider>(clock),
            Options = options =>
            {
                options.Sse.ShutdownGrace = Grace;
                options.Sse.OnDisconnect = onDisconnect;
                options.Sse.Heartbeat = Timeout.InfiniteTimeSpan;
            },
            Inside = app => app.MapGet("/", () => source.ToResult(SourceShape.Iterator)),
        });

    private static Task<TestApp> StartDrainingAsync(DrainedSource drain, TimeProvider time) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton(time),
            Options = static options =>
            {
                // All of them known by their lengths, as the timers of a clock by hand are.
                options.ShutdownTimeout = TimeSpan.FromSeconds(60);
                options.ChildLimit = TimeSpan.FromMinutes(9);
                options.Sse.CancellationTimeout = TimeSpan.FromSeconds(50);
                options.Sse.ShutdownGrace = TimeSpan.FromSeconds(40);
                options.Sse.OnDisconnect = DisconnectBehavior.DrainUpstream;
            },
            Inside = app => app.MapGet("/", drain.ToResult),
        });

    private static async Task<RawHttpClient> OpenAsync(TestApp app)
    {
        var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        Assert.Equal("data: a", await client.ReadFrameAsync(Cancellation));
        return client;
    }

    private static async Task LeaveAsync(TestApp app, DrainedSource drain)
    {
        using (var client = await OpenAsync(app))
        {
            client.Abort();
        }

        await drain.Drained.BoundAsync("chunk that is drained");
    }

    // What WebApplication.StopAsync begins with, with the server still listening.
    private static void BeginStop(TestApp app) =>
        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    private static async Task<ManualTimer> TimerOfAsync(ManualTimeProvider time, TimeSpan due)
    {
        while (true)
        {
            if (await time.NextTimerAsync() is var timer && timer.Due == due)
            {
                return timer;
            }
        }
    }
}
