using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

/// <summary>Responses that wait with their headers for the first chunk, so that a failure before it has a status.</summary>
public sealed class PeekFirstChunkTests
{
    private static readonly TracedSseOptions Peek = new() { PeekFirstChunk = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int?, int> Refusals => new()
    {
        { 400, 502 }, { 401, 502 }, { 403, 502 }, { 404, 502 }, { 408, 504 }, { 429, 429 }, { 500, 502 }, { 502, 502 },
        { 503, 503 }, { 504, 504 }, { 529, 502 }, { null, 502 },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Peek_ProviderRefuses_IsAStatusWithProblemDetails(int? provider, int expected)
    {
        var failure = new HttpRequestException("secret", inner: null, (HttpStatusCode?)provider);
        await using var app = await StartAsync(new ScriptedSource("a") { Failure = failure });

        using var response = await app.SendAsync("GET", "/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(expected, (int)response.StatusCode);
        await AssertProblemAsync(response, transaction, "upstream_failed", "The response could not be completed.");
        Assert.Equal(expected, transaction.Root[HttpAttributes.ResponseStatusCode]);
        var span = Assert.Single(transaction.Spans);
        Assert.Equal(
            (StreamOutcome.UpstreamFailed, StreamOutcome.UpstreamFailed), (span.Outcome, transaction.Outcome!.Value));
        Assert.Equal((long?)provider, span[LlmTracingAttributes.UpstreamStatusCode]);
    }

    [Fact]
    public async Task Peek_AppThrows_IsAnInternalServerError()
    {
        var source = new ScriptedSource("a") { Failure = new InvalidOperationException("secret") };
        await using var app = await StartAsync(source);

        using var response = await app.SendAsync("GET", "/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await AssertProblemAsync(response, transaction, "upstream_failed", "The response could not be completed.");
        Assert.Equal("System.InvalidOperationException", transaction.Root[GenAiAttributes.ErrorType]);
    }

    [Fact]
    public async Task Peek_FirstChunkCannotBeWritten_IsAnInternalServerError()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet(
            "/{kind}", static (string kind) => kind == "json"
                ? Results.TracedSse(Chunks(new Endless()), options: Peek)
                : Results.TracedSse(Chunks(new SseItem<string>("a", "b") { EventId = "1\0" }), options: Peek)));

        foreach (var kind in (string[])["json", "id"])
        {
            using var response = await app.SendAsync("GET", "/" + kind);
            var transaction = await app.Sink.NextAsync();

            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            await AssertProblemAsync(response, transaction, "upstream_failed", "The response could not be completed.");
        }

        static async IAsyncEnumerable<T> Chunks<T>(T chunk)
        {
            await Task.Yield();
            yield return chunk;
        }
    }

    private sealed class Endless
    {
        public Endless Self => this;
    }

    [Fact]
    public async Task Peek_NoFirstChunkInTime_IsAGatewayTimeout()
    {
        var (clock, gate) = (new TestClock(), new ScriptGate(0));
        var source = new ScriptedSource("a") { Gates = [gate] };
        await using var app = await StartAsync(source, services => services.AddSingleton<TimeProvider>(clock));
        var asked = app.SendAsync("GET", "/");
        await gate.Reached.BoundAsync("first pull");

        using var response = await clock.AdvanceUntilAsync(asked, TimeSpan.FromMinutes(5));
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        await AssertProblemAsync(response, transaction, "upstream_timed_out", "The response could not be completed.");
        Assert.Equal(
            "The provider took longer than FirstChunkTimeout allows: 00:05:00.",
            Assert.Single(transaction.Spans).Error?.Message);
    }

    [Fact]
    public async Task Peek_HostStops_IsServiceUnavailable()
    {
        var gate = new ScriptGate(0);
        await using var app = await StartAsync(new ScriptedSource("a") { Gates = [gate] });
        var asked = app.SendAsync("GET", "/");
        await gate.Reached.BoundAsync("first pull");

        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        using var response = await asked;
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
        await AssertProblemAsync(
            response, transaction, "server_stopping", "The server is stopping. Please try again.");
        Assert.Equal(StreamOutcome.ServerStopping, transaction.Outcome);
    }

    [Fact]
    public async Task Peek_ClientLeaves_IsNoError()
    {
        var gate = new ScriptGate(0);
        await using var app = await StartAsync(new ScriptedSource("a") { Gates = [gate] });
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await gate.Reached.BoundAsync("first pull");

        client.Abort();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(499, transaction.Root[HttpAttributes.ResponseStatusCode]);
        Assert.Equal(ActivityStatusCode.Unset, transaction.Root.Status);
        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task Peek_FirstChunkComes_HeadersComeWithIt()
    {
        var (first, second) = (new ScriptGate(0), new ScriptGate(1));
        await using var app = await StartAsync(new ScriptedSource("a", "b") { Gates = [first, second] });
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await first.Reached.BoundAsync("first pull");
        var head = client.ReadHeadAsync(Cancellation);

        Assert.False(head.IsCompleted);
        first.Release();

        Assert.Equal(200, (await head).Status);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        Assert.Equal("data: a", await client.ReadFrameAsync(Cancellation));
        second.Release();
        Assert.Equal("data: b", await client.ReadFrameAsync(Cancellation));
    }

    [Fact]
    public async Task Peek_FailureAfterTheFirstChunk_IsAnEvent()
    {
        var source = new ScriptedSource("a") { Failure = new InvalidOperationException("secret"), FailureAfter = 1 };
        await using var app = await StartAsync(source);

        var body = await app.GetAsync("/");

        Assert.StartsWith(":\n\ndata: a\n\nevent: error\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peek_NoChunkAtAll_IsACompletedStream()
    {
        await using var app = await StartAsync(new ScriptedSource());

        using var response = await app.SendAsync("GET", "/");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith(
            ":\n\nevent: done\n", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peek_OpenAiRefusesTheRate_TooManyRequestsReachesTheClient()
    {
        await using var openai = await ScriptedOpenAi.StartAsync();
        openai.Script = new ProviderScript { Status = HttpStatusCode.TooManyRequests };
        var model = OpenAiModel.Of(openai);
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = static tracing => tracing.AddOpenAIReaders(),
            Inside = app => app.MapGet("/", () => Results.TracedSse(
                LlmTrace.Defer(token => model.CompleteChatStreamingAsync([PlantedSecrets.Prompt], cancellationToken: token)),
                static _ => (SseItem<string>?)null,
                options: Peek)),
        });

        using var response = await app.SendAsync("GET", "/");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
    }

    private static Task<TestApp> StartAsync(ScriptedSource source, Action<IServiceCollection>? services = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Services = services ?? (static _ => { }),
            Inside = app => app.MapGet("/", () => source.ToResult(SourceShape.Iterator, options: Peek)),
        });

    private static async Task AssertProblemAsync(
        HttpResponseMessage response, RecordedTransaction transaction, string outcome, string detail)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        var json = problem.RootElement;
        Assert.Equal((int)response.StatusCode, json.GetProperty("status").GetInt32());
        Assert.Equal(outcome, json.GetProperty("outcome").GetString());
        Assert.Equal(detail, json.GetProperty("detail").GetString());
        Assert.Equal(transaction.TraceId.ToHexString(), json.GetProperty("traceId").GetString());
    }
}
