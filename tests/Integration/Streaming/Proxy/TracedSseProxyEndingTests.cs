using System.Diagnostics;
using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Streaming.Proxy;

/// <summary>A gateway's answers that are ended before their provider ends them: cut, with no byte of ours.</summary>
public sealed class TracedSseProxyEndingTests
{
    private const string Event = "data: {\"id\":\"a\",\"model\":\"m\",\"choices\":[]}";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _providerLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TracedSseProxy_HostStopsInMidStream_IsCutAfterTheGrace()
    {
        var clock = new TestClock();
        await using var proxy = await ProxyApp.StartAsync(
            AnswerAndFallSilentAsync, options: new TracedSseOptions { ShutdownGrace = Limit }, clock: clock);
        using var client = await OpenAsync(proxy);

        proxy.App.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        clock.Advance(Limit - TimeSpan.FromTicks(1));
        var duringGrace = proxy.App.Sink.All;
        clock.Advance(TimeSpan.FromTicks(1));
        var transaction = await proxy.App.Sink.NextAsync();

        Assert.Empty(duringGrace);
        await AssertCutAsync(client, transaction, StreamOutcome.ServerStopping, ActivityStatusCode.Error);
        Assert.Equal(LogLevel.Information, Assert.Single(proxy.App.Logs.Of("StreamStopped")).Level);
        Assert.Empty(proxy.App.Logs.Errors);
    }

    [Fact]
    public async Task TracedSseProxy_AnswerTakesLongerThanMaxDuration_IsCutThoughChunksKeepComing()
    {
        var (clock, second) = (new TestClock(), NewSignal());
        var options = new TracedSseOptions { MaxDuration = Limit, StallTimeout = Limit };
        await using var proxy = await ProxyApp.StartAsync(
            async (context, stopping) =>
            {
                NoteLeaving(context);
                await WriteAsync(context);
                await second.Task.BoundAsync("half of the time");
                await AnswerAndFallSilentAsync(context, stopping);
            },
            options: options,
            clock: clock);
        using var client = await OpenAsync(proxy);

        clock.Advance(Limit / 2);
        second.SetResult();
        Assert.Equal(Event, await client.ReadFrameAsync(Cancellation));
        clock.Advance(Limit / 2);
        var transaction = await proxy.App.Sink.NextAsync();

        await AssertCutAsync(client, transaction, StreamOutcome.UpstreamTimedOut, ActivityStatusCode.Error);
        Assert.Equal(
            "The provider took longer than MaxDuration allows: 00:00:10.",
            Assert.Single(transaction.Spans).Error?.Message);
    }

    [Fact]
    public async Task TracedSseProxy_ClientDoesNotRead_IsCutAndTheProviderLetGo()
    {
        var clock = new TestClock();
        var options = new TracedSseOptions { WriteTimeout = Limit, StallTimeout = Timeout.InfiniteTimeSpan };
        await using var proxy = await ProxyApp.StartAsync(
            async (context, _) =>
            {
                NoteLeaving(context);
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await WriteAsync(context);
                }
            },
            options: options,
            clock: clock);
        using var client = await OpenAsync(proxy);

        var transaction = await clock.AdvanceUntilAsync(proxy.App.Sink.NextAsync(), TimeSpan.FromSeconds(1));
        await _providerLeft.Task.BoundAsync("closing of the provider's connection");

        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.WriteTimedOut, ActivityStatusCode.Unset), (span.Outcome, span.Status));
        Assert.True((double)span[LlmTracingAttributes.StreamWriteWait]! >= Limit.TotalSeconds);
        Assert.Single(proxy.App.Logs.Of("ClientDidNotRead"));
        Assert.Empty(proxy.App.Logs.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TracedSseProxy_FirstPull_HeadersHaveGoneUnlessItPeeks(bool peeks)
    {
        bool? haveGone = null;
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", (HttpContext context) =>
        {
            var content = new FirstPullContent(Event + "\n\n", () => haveGone = context.Response.HasStarted);
            var upstream = new HttpResponseMessage { Content = content };
            upstream.Headers.Add("x-request-id", "req_1");
            return Results.TracedSseProxy(upstream, new LlmCall(), new TracedSseOptions { PeekFirstChunk = peeks });
        }));

        using var response = await app.SendAsync("GET", "/");

        Assert.Equal(!peeks, haveGone);
        Assert.Equal("req_1", response.Headers.GetValues("x-request-id").Single());
        Assert.Equal(Event + "\n\n", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task TracedSseProxy_PeekAndProviderDiesBeforeItsFirstByte_IsABadGateway()
    {
        await using var proxy = await ProxyApp.StartAsync(
            static async (context, _) =>
            {
                await BeginAsync(context);
                context.Abort();
            },
            options: new TracedSseOptions { PeekFirstChunk = true });

        using var response = await proxy.App.SendAsync("GET", "/");
        var transaction = await proxy.App.Sink.NextAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(StreamOutcome.UpstreamFailed, Assert.Single(transaction.Spans).Outcome);
    }

    [Fact]
    public async Task TracedSseProxy_PeekAndProviderIsSilent_IsAGatewayTimeout()
    {
        var clock = new TestClock();
        await using var proxy = await ProxyApp.StartAsync(
            async (context, stopping) =>
            {
                await BeginAsync(context);
                await SilenceAsync(context, stopping);
            },
            options: new TracedSseOptions { PeekFirstChunk = true, FirstChunkTimeout = Limit },
            clock: clock);

        using var response = await clock.AdvanceUntilAsync(proxy.App.SendAsync("GET", "/"), Limit);
        var transaction = await proxy.App.Sink.NextAsync();
        await _providerLeft.Task.BoundAsync("closing of the provider's connection");

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(StreamOutcome.UpstreamTimedOut, Assert.Single(transaction.Spans).Outcome);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(429, "")]
    [InlineData(429, "{\"error\":{\"message\":\"Later.\"}}")]
    public async Task TracedSseProxy_PeekAndAWholeAnswer_PassesAsItIs(int status, string body)
    {
        await using var proxy = await ProxyApp.StartAsync(
            (context, _) =>
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync(body, context.RequestAborted);
            },
            options: new TracedSseOptions { PeekFirstChunk = true });

        using var response = await proxy.App.SendAsync("GET", "/");

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task TracedSseProxy_ResponseThatTheAppHasBegun_NamesTheMethodThatWasCalled()
    {
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("begun", Cancellation);
            return Results.TracedSseProxy(new HttpResponseMessage { Content = new StringContent("") }, new LlmCall());
        }));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.GetAsync("/"));
        var transaction = await app.Sink.NextAsync();

        Assert.StartsWith(
            "Results.TracedSseProxy needs a response of its own, ",
            transaction.Root.Error?.Message,
            StringComparison.Ordinal);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<RawHttpClient> OpenAsync(ProxyApp proxy)
    {
        var client = await proxy.App.ConnectAsync();
        await client.SendAsync("GET", "/");
        Assert.Equal(200, (await client.ReadHeadAsync(Cancellation)).Status);
        Assert.Equal(Event, await client.ReadFrameAsync(Cancellation));
        return client;
    }

    private async Task AssertCutAsync(
        RawHttpClient client, RecordedTransaction transaction, StreamOutcome outcome, ActivityStatusCode status)
    {
        var span = Assert.Single(transaction.Spans);
        Assert.Equal((outcome, status), (span.Outcome, span.Status));
        Assert.Equal(outcome, transaction.Outcome);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadFrameAsync(Cancellation));
        await _providerLeft.Task.BoundAsync("closing of the provider's connection");
    }

    // Not disposed of: a write that throws when the client leaves would take it back before it is called.
    private void NoteLeaving(HttpContext context) =>
        context.RequestAborted.Register(() => _providerLeft.TrySetResult());

    private async Task AnswerAndFallSilentAsync(HttpContext context, CancellationToken stopping)
    {
        NoteLeaving(context);
        await WriteAsync(context);
        await SilenceAsync(context, stopping);
    }

    private async Task SilenceAsync(HttpContext context, CancellationToken stopping)
    {
        NoteLeaving(context);
        await _providerLeft.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Task BeginAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        return context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context)
    {
        await context.Response.WriteAsync(Event + "\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
