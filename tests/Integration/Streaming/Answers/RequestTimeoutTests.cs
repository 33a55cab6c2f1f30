using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers in an app that limits the time of all its requests.</summary>
public sealed class RequestTimeoutTests
{
    // Real time, for the framework's middleware takes no other: enough for a slow machine to begin an answer in.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 0)]
    public async Task RequestTimeouts_StreamOutlivesTheLimit_IsNotCut(bool peeks, int afterChunks)
    {
        var gate = new ScriptGate(afterChunks);
        await using var app = await StartAsync(new ScriptedSource("a", "b") { Gates = [gate] }, peeks);
        using var client = await app.ConnectAsync();

        await client.SendAsync("GET", "/stream");
        await gate.Reached.BoundAsync("stream at the gate");

        // Begun later under the same limit: when its time is up, that of the stream was up before.
        using var later = await app.SendAsync("GET", "/late");
        gate.Release();
        await client.ReadHeadAsync(Cancellation);
        var body = await client.ReadBodyAsync(Cancellation);
        var transactions = await app.Sink.TakeAsync(2);

        Assert.Equal(HttpStatusCode.GatewayTimeout, later.StatusCode);
        Assert.StartsWith($"{AnswerApp.Events}event: done\n", body, StringComparison.Ordinal);
        Assert.Equal(
            StreamOutcome.Completed, Assert.Single(transactions, static one => one.Name == "GET /stream").Outcome);
    }

    [Fact]
    public async Task RequestTimeouts_LimitIsReachedBeforeTheAnswer_IsTheApps()
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await StartAsync(source);

        using var response = await app.SendAsync("GET", "/late");

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Empty((await app.Sink.NextAsync()).Spans);
        Assert.Equal(0, source.Enumerations);
    }

    private static Task<TestApp> StartAsync(ScriptedSource source, bool peeks = false) => AnswerApp.StartAsync(
        source,
        static app =>
        {
            app.UseRequestTimeouts();
            app.MapGet("/stream", static (HttpContext context) => Pieces.Answer(context));
            app.MapGet("/late", static async (HttpContext context, CancellationToken token) =>
            {
                await new ScriptGate(afterChunks: 0).PassAsync(token);
                return Pieces.Answer(context);
            });
        },
        services => services
            .Configure<LlmTracingOptions>(options => options.Sse.PeekFirstChunk = peeks)
            .AddRequestTimeouts(static options => options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = Limit }));
}
