using System.IO.Compression;
using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

/// <summary>What is said of a pipeline in which a traced stream cannot be traced, or cannot stream.</summary>
public sealed class PipelineCheckTests
{
    private const string NotSeen =
        "Results.TracedSse answers a request that app.UseLlmTracing() has not seen, so nothing of it is sent: the call is "
        + "missing, or stands behind what answers. Put it first, right after builder.Build(); to leave requests out, use "
        + "LlmTracingOptions.Filter. This is said once.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TracedSse_UseLlmTracingIsMissing_WarnsOnceAndAnswers()
    {
        using var logs = new RecordingLogs();
        await using var app = await StartAsync(logs, services => services.AddLlmTracing(WithoutJournal));

        var (first, second) = (await GetAsync(app), await GetAsync(app));

        Assert.All([first, second], body => Assert.StartsWith(":\n\ndata: a\n\nevent: done\n", body, StringComparison.Ordinal));
        var warning = Assert.Single(logs.All, static entry => entry.Level >= LogLevel.Warning);
        Assert.Equal(
            ("LlmTracing.Streaming", LogLevel.Warning, 15, "RequestNotSeen", NotSeen),
            (warning.Category, warning.Level, warning.Event.Id, warning.Event.Name, warning.Message));
    }

    [Fact]
    public async Task TracedSse_NothingOfLlmTracingWasAdded_SaysNothing()
    {
        using var logs = new RecordingLogs();
        await using var app = await StartAsync(logs, static _ => { });

        await GetAsync(app);

        Assert.Empty(logs.Of("RequestNotSeen"));
    }

    [Fact]
    public async Task TracedSse_UseLlmTracingStandsBehindTheEndpoints_Warns()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Outside = static app =>
            {
                app.UseRouting();
#pragma warning disable ASP0014 // What it advises against, endpoints in the middle of a pipeline, is what is tested.
                app.UseEndpoints(static endpoints => endpoints.MapGet("/", static () => Results.TracedSse(Answer())));
#pragma warning restore ASP0014
            },
        });

        await app.GetAsync("/");

        Assert.Equal(NotSeen, Assert.Single(app.Logs.Of("RequestNotSeen")).Message);
        Assert.Empty(app.Sink.Requests);
    }

    [Fact]
    public async Task TracedSse_EndpointShortCircuitsThePipeline_Warns()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Inside = static app => app.MapGet("/", static () => Results.TracedSse(Answer())).ShortCircuit(),
        });

        await app.GetAsync("/");

        Assert.Equal(NotSeen, Assert.Single(app.Logs.Of("RequestNotSeen")).Message);
    }

    [Fact]
    public async Task TracedSseProxy_UseLlmTracingHasNotSeenTheRequest_WarnsByItsOwnName()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Outside = static app => app.Map("/early", static branch => branch.Run(static context =>
                Results.TracedSseProxy(Upstream(), new LlmCall()).ExecuteAsync(context))),
        });

        await app.GetAsync("/early");

        Assert.Equal(
            NotSeen.Replace("Results.TracedSse", "Results.TracedSseProxy", StringComparison.Ordinal),
            Assert.Single(app.Logs.Of("RequestNotSeen")).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TracedSse_UseLlmTracingIsThere_SaysNothing(bool isWanted)
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.Filter = _ => isWanted,
            Inside = static app => app.MapGet("/", static () => Results.TracedSse(Answer())),
        });

        await app.GetAsync("/");

        Assert.Empty(app.Logs.Of("RequestNotSeen"));
        Assert.Empty(app.Logs.Of("ResponseEncoded"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/proxy")]
    public async Task Stream_MiddlewareEncodesIt_WarnsOnce(string target)
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Inside = static app =>
            {
                app.Use(CompressAsync);
                app.MapGet("/", static () => Results.TracedSse(Answer()));
                app.MapGet("/proxy", static () => Results.TracedSseProxy(Upstream(), new LlmCall()));
            },
        });

        await app.GetAsync(target);
        await app.GetAsync(target);

        var warning = Assert.Single(app.Logs.Of("ResponseEncoded"));
        Assert.Equal((LogLevel.Warning, 16), (warning.Level, warning.Event.Id));
        Assert.Equal(
            "A middleware encodes a streamed response as gzip, and may hold its events back until it has enough of them. Let it "
            + "pass text/event-stream as it is, as the framework's UseResponseCompression does. This is said once.",
            warning.Message);
    }

    // As middleware does that knows nothing of streams.
    private static async Task CompressAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        context.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true);
        context.Response.Body = gzip;
        await next(context);
        context.Response.Body = body;
    }

    // Not TestApp, which always adds and uses LLM tracing.
    private static async Task<WebApplication> StartAsync(RecordingLogs logs, Action<IServiceCollection> services)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        services(builder.Services);
        var app = builder.Build();
        app.MapGet("/", static () => Results.TracedSse(Answer()));
        await app.StartAsync(Cancellation);
        return app;
    }

    private static async Task<string> GetAsync(WebApplication app)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(app.Urls.Single()), Cancellation);
    }

    private static void WithoutJournal(LlmTracingOptions options) => options.JournalDirectory = "";

    private static HttpResponseMessage Upstream() => new() { Content = new StringContent("{}") };

    private static IAsyncEnumerable<string> Answer() => new ScriptedSource("a").As(SourceShape.Iterator);
}
