using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers behind the framework's middleware that watches answers, or makes pages of failures.</summary>
public sealed class PipelineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Middlewares =>
        ["HttpLogging", "DeveloperExceptionPage", "StatusCodePages", "ExceptionHandler"];

    [Theory]
    [MemberData(nameof(Middlewares))]
    public async Task Pipeline_SourceWaits_EventsHaveArrived(string middleware)
    {
        var gate = new ScriptGate(afterChunks: 1);
        await using var app = await StartAsync(middleware, new ScriptedSource("a", "b") { Gates = [gate] });
        using var client = await app.ConnectAsync();

        await client.SendAsync("GET", "/stream");
        var head = await client.ReadHeadAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);
        var waiting = await client.ReadFrameAsync(Cancellation);
        gate.Release();
        var rest = await client.ReadBodyAsync(Cancellation);

        Assert.Equal(200, head.Status);
        Assert.Equal("""data: {"theText":"a","index":0}""", waiting);
        Assert.StartsWith("data: {\"theText\":\"b\",\"index\":1}\n\nevent: done\n", rest, StringComparison.Ordinal);
        Assert.Equal(StreamOutcome.Completed, (await app.Sink.NextAsync()).Outcome);
    }

    [Theory]
    [MemberData(nameof(Middlewares))]
    public async Task Pipeline_SourceFails_LastEventSaysSoAndNoPageFollows(string middleware)
    {
        var source = new ScriptedSource("a", "b") { Failure = new InvalidOperationException("no"), FailureAfter = 1 };
        await using var app = await StartAsync(middleware, source);
        using var client = await app.ConnectAsync();

        await client.SendAsync("GET", "/stream");
        var head = await client.ReadHeadAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);
        var last = await client.ReadFrameAsync(Cancellation);

        Assert.Equal(200, head.Status);
        Assert.StartsWith("event: error\ndata: {\"type\":\"upstream_failed\"", last, StringComparison.Ordinal);
        Assert.Null(await client.ReadFrameAsync(Cancellation));
        Assert.Equal(StreamOutcome.UpstreamFailed, (await app.Sink.NextAsync()).Outcome);
    }

    [Theory]
    [InlineData("HttpLogging", "")]
    [InlineData("DeveloperExceptionPage", "System.InvalidOperationException: no answer")]
    [InlineData("StatusCodePages", "")]
    [InlineData("ExceptionHandler", "the app's page")]
    public async Task Pipeline_HandlerFailsBeforeTheResult_PageIsTheApps(string middleware, string page)
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await StartAsync(middleware, source);

        using var response = await app.SendAsync("GET", "/fail", ("Accept", "text/plain"));
        var body = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(500, (int)response.StatusCode);
        Assert.StartsWith(page, body, StringComparison.Ordinal);
        Assert.Empty((await app.Sink.NextAsync()).Spans);
        Assert.Equal(0, source.Enumerations);
    }

    private static Task<TestApp> StartAsync(string middleware, ScriptedSource source) => AnswerApp.StartAsync(
        source,
        app =>
        {
            Use(middleware, app);
            app.MapGet("/stream", static (HttpContext context) => Pieces.Answer(context));
            app.MapGet("/fail", static TracedSseResult<Piece, Piece> () =>
                throw new InvalidOperationException("no answer"));
        },
        static services => services.AddHttpLogging(static options =>
        {
            options.LoggingFields = HttpLoggingFields.All;
            options.MediaTypeOptions.AddText("text/event-stream");
        }));

    private static IApplicationBuilder Use(string middleware, WebApplication app) => middleware switch
    {
        "HttpLogging" => app.UseHttpLogging(),
        "DeveloperExceptionPage" => app.UseDeveloperExceptionPage(),
        "StatusCodePages" => app.UseStatusCodePages(),
        "ExceptionHandler" => app.UseExceptionHandler(static failed => failed.Run(
            static context => context.Response.WriteAsync("the app's page", context.RequestAborted))),
        _ => throw new ArgumentOutOfRangeException(nameof(middleware), middleware, null),
    };
}
