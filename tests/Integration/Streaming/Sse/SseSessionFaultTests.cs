using System.Diagnostics;
using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

/// <summary>Sources that will not be put away, and responses that will not be written.</summary>
public sealed class SseSessionFaultTests
{
    private static readonly LlmCall Call = new("m");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "event: done", StreamOutcome.Completed)]
    [InlineData(true, "event: error", StreamOutcome.UpstreamFailed)]
    public async Task RunAsync_DisposalHangsAfterTheStreamHasEnded_LastEventAndTransactionAreNotHeld(
        bool fails, string lastEvent, StreamOutcome outcome)
    {
        using var source = new HangingDisposal(fails);
        await using var app = await TestApp.StartAsync(
            app => app.MapGet("/", () => Results.TracedSse(source, Call)));

        var body = await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.StartsWith($":\n\ndata: a\n\n{lastEvent}\n", body, StringComparison.Ordinal);
        Assert.Equal((outcome, outcome), (transaction.Outcome, Assert.Single(transaction.Spans).Outcome));
    }

    [Fact]
    public async Task RunAsync_DisposalHangsAfterTheClientLeft_TransactionArrivesWithinTheSecond()
    {
        using var source = new HangingDisposal(fails: false) { IsEndless = true };
        await using var app = await TestApp.StartAsync(
            app => app.MapGet("/", () => Results.TracedSse(source, Call)));
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);

        client.Abort();
        var transaction = await app.Sink.NextAsync(within: TimeSpan.FromSeconds(1));

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(StreamOutcome.ClientDisconnected, Assert.Single(transaction.Spans).Outcome);
        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task RunAsync_BodyThrowsBeforeAnythingWasSent_ServerSeesTheFault()
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Inside = app =>
            {
                app.Use(static (context, next) =>
                {
                    context.Response.Body = new BrokenBody(new InvalidOperationException("body bug"));
                    return next(context);
                });
                app.MapGet("/", () => Results.TracedSse(source.As(SourceShape.Iterator), Call));
            },
        });

        using var response = await app.SendAsync("GET", "/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(ActivityStatusCode.Error, transaction.Root.Status);
        Assert.Equal("System.InvalidOperationException", transaction.Root[GenAiAttributes.ErrorType]);
        Assert.Contains(app.Logs.Errors, static entry => entry.Exception?.Message == "body bug");
    }

    [Fact]
    public async Task RunAsync_BodyThrowsThoughTheClientIsThere_IsAFaultOfTheApp()
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Inside = app =>
            {
                app.Use(static (context, next) =>
                {
                    context.Response.Body = new BrokenBody(new IOException("No space left on device"));
                    return next(context);
                });
                app.MapGet("/", () => Results.TracedSse(source.As(SourceShape.Iterator), Call));
            },
        });

        using var response = await app.SendAsync("GET", "/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(StreamOutcome.UpstreamFailed, transaction.Outcome);
        Assert.Contains(app.Logs.Errors, static entry => entry.Exception?.Message == "No space left on device");
    }

    [Fact]
    public async Task RunAsync_BodyThrowsAsWhereTheClientHasGone_IsClientDisconnected()
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Inside = app =>
            {
                app.Use(static (context, next) =>
                {
                    context.Response.Body = new BrokenBody(new ConnectionResetException("reset"));
                    return next(context);
                });
                app.MapGet("/", () => Results.TracedSse(source.As(SourceShape.Iterator), Call));
            },
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task RunAsync_SourceFailsInTheRequestsOwnCancellation_ItIsNotTakenForTheCause()
    {
        var pulled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", (HttpContext context) =>
            Results.TracedSse(FailWhenAbortedAsync(context, pulled), Call)));
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        await pulled.Task.BoundAsync("pull of the source");

        client.Abort();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(ActivityStatusCode.Unset, Assert.Single(transaction.Spans).Status);
        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task RunAsync_RequestTimeouts_AreSwitchedOffForTheStream()
    {
        var timeout = new RecordingTimeout();
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Inside = app =>
            {
                app.Use((context, next) =>
                {
                    context.Features.Set<IHttpRequestTimeoutFeature>(timeout);
                    return next(context);
                });
                app.MapGet("/", static () => Results.TracedSse(new ScriptedSource("a").As(SourceShape.Iterator), Call));
            },
        });

        await app.GetAsync("/");

        Assert.True(timeout.IsDisabled);
    }

    [Fact]
    public async Task RunAsync_SourceComputesWithoutWaiting_FramesStillGoOutOneByOne()
    {
        using var read = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(
            app => app.MapGet("/", () => Results.TracedSse(ComputeAsync(read), Call)));
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);

        // The source never waits for anything but this test, and for that on its own thread.
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        Assert.Equal("data: a", await client.ReadFrameAsync(Cancellation));
        read.Release();
        Assert.Equal("data: b", await client.ReadFrameAsync(Cancellation));
        read.Release();
    }

    // Registered after the response's own registration, and so called before it.
    private static async IAsyncEnumerable<string> FailWhenAbortedAsync(
        HttpContext context, TaskCompletionSource pulled)
    {
        var failure = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(
            () => failure.SetException(new IOException("socket closed")));
        pulled.SetResult();
        await failure.Task;
        yield return "never";
    }

#pragma warning disable CS1998 // Without an await on purpose: it computes.
    private static async IAsyncEnumerable<string> ComputeAsync(SemaphoreSlim read)
    {
        foreach (var chunk in (string[])["a", "b"])
        {
            // Long enough for what is held to be due, as the computing of a chunk is.
            var since = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(since) < TimeSpan.FromMilliseconds(25))
            {
                Thread.SpinWait(1000);
            }

            yield return chunk;
            read.Wait(TimeSpan.FromSeconds(10), CancellationToken.None);
        }
    }
#pragma warning restore CS1998

    private sealed class RecordingTimeout : IHttpRequestTimeoutFeature
    {
        public bool IsDisabled { get; private set; }

        public CancellationToken RequestTimeoutToken => CancellationToken.None;

        public void DisableTimeout() => IsDisabled = true;
    }
}
