using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Middleware.TraceView;

/// <summary><c>app.MapLlmTraces()</c>: the last transactions, and those that are open, for a page.</summary>
[Collection(RunsAlone.Name)]
public sealed class MapLlmTracesTests
{
    private const string Path = "/_llm-traces";

    [Fact]
    public async Task Get_AfterAnAnswer_HasItsTransactionWithSpansAndTokens()
    {
        await using var app = await StartAsync();
        app.Answer.SetResult();
        await app.Web.GetAsync("/chat");
        var sent = await app.Web.Sink.NextAsync();

        var shown = Assert.Single(await TransactionsAsync(app.Web));

        Assert.Equal(sent.TraceId.ToHexString(), shown.At("traceId").AsText());
        Assert.Equal("GET /chat", shown.At("name").AsText());
        Assert.False(shown.At("isOpen").GetBoolean());
        Assert.Equal("completed", shown.At("attributes").At("llm_tracing.stream.outcome").AsText());
        var call = Assert.Single(shown.At("spans").Elements());
        Assert.Equal("chat m", call.At("name").AsText());
        Assert.Equal(shown.At("spanId").AsText(), call.At("parentSpanId").AsText());
        Assert.Equal(4, call.At("attributes").At("gen_ai.usage.output_tokens").AsNumber());
    }

    [Fact]
    public async Task Get_WhileAnAnswerStreams_HasItsCallWithTheTokensSoFar()
    {
        await using var app = await StartAsync();
        using var client = await app.AskAsync();

        var shown = Assert.Single(await TransactionsAsync(app.Web));

        Assert.True(shown.At("isOpen").GetBoolean());
        Assert.Equal(1, shown.At("attributes").At("llm_tracing.usage.output_tokens").AsNumber());
        var call = Assert.Single(shown.At("spans").Elements());
        Assert.True(call.At("isOpen").GetBoolean());
        Assert.Equal(1, call.At("attributes").At("gen_ai.usage.output_tokens").AsNumber());
        Assert.Equal(1, call.At("attributes").At("llm_tracing.stream.chunks").AsNumber());
        app.Answer.SetResult();
        await app.Web.Sink.NextAsync();
    }

    [Fact]
    public async Task Stream_AnswerBeginsAndEnds_TellsOfItOpenAndThenEnded()
    {
        await using var app = await StartAsync();
        await using var feed = await app.FollowAsync($"{Path}/stream");
        using var client = await app.AskAsync();

        var open = await feed.NextAsync(static one => one.At("spans").Elements().Any());
        app.Answer.SetResult();
        var ended = await feed.NextAsync(static one => !one.At("isOpen").GetBoolean());

        Assert.True(open.At("isOpen").GetBoolean());
        Assert.Equal(open.At("traceId").AsText(), ended.At("traceId").AsText());
        Assert.Equal(4, Assert.Single(ended.At("spans").Elements()).At("attributes").At("gen_ai.usage.output_tokens").AsNumber());
    }

    [Fact]
    public async Task Stream_HostStops_Ends()
    {
        await using var app = await StartAsync();
        app.Answer.SetResult();
        await app.Web.GetAsync("/chat");
        await using var feed = await app.FollowAsync($"{Path}/stream");
        await feed.NextAsync(static _ => true);

        await app.Web.StopAsync();

        Assert.Null(await feed.TryNextAsync());
    }

    [Fact]
    public async Task Stream_HostStopsInTheMiddleOfAnAnswer_TellsHowItEnds()
    {
        await using var app = await StartAsync();
        await using var feed = await app.FollowAsync($"{Path}/stream");
        using var client = await app.AskAsync();
        await feed.NextAsync(static one => one.At("spans").Elements().Any());

        var stopped = app.Web.StopAsync();
        var ended = await feed.NextAsync(static one => !one.At("isOpen").GetBoolean());
        await stopped;

        Assert.Equal("server_stopping", ended.At("attributes").At("llm_tracing.stream.outcome").AsText());
    }

    [Fact]
    public async Task Get_OfOneTrace_HasNoOther()
    {
        await using var app = await StartAsync();
        app.Answer.SetResult();
        await app.Web.GetAsync("/chat");
        await app.Web.GetAsync("/chat");
        var wanted = (await app.Web.Sink.NextAsync()).TraceId.ToHexString();
        await app.Web.Sink.NextAsync();

        Assert.Equal(2, (await TransactionsAsync(app.Web)).Count);
        Assert.Equal(wanted, Assert.Single(await TransactionsAsync(app.Web, $"{Path}?trace={wanted}")).At("traceId").AsText());
    }

    [Fact]
    public async Task Get_AfterMoreThanAreKept_HasTheNewest()
    {
        await using var app = await StartAsync();
        for (var i = 0; i < 103; i++)
        {
            await app.Web.GetAsync($"/nothing/{i}");
        }

        await app.Web.Sink.TakeAsync(103);
        var shown = await TransactionsAsync(app.Web);

        Assert.Equal(100, shown.Count);
        Assert.Equal(["/nothing/102", "/nothing/3"], new[] { shown[0], shown[^1] }.Select(static one => one.At("attributes").At("url.path").AsText()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Look_AtTheTraces_IsNoTransaction(bool isRoutedLater)
    {
        await using var app = await StartAsync(isRoutedLater: isRoutedLater);

        await TransactionsAsync(app.Web);
        await app.Web.GetAsync("/nothing/1");

        Assert.Equal("/nothing/1", (await app.Web.Sink.NextAsync()).Root["url.path"]);
        Assert.Single(await TransactionsAsync(app.Web));
    }

    [Theory]
    [InlineData(Path)]
    [InlineData($"{Path}/stream")]
    public async Task Get_OutsideOfDevelopment_IsNotFoundAndTheLogSaysWhy(string path)
    {
        await using var app = await StartAsync("Staging");
        using var response = await app.Web.SendAsync("GET", path);
        using var again = await app.Web.SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(
            "the environment is Staging, not Development",
            Assert.Single(app.Web.Logs.All, static entry => entry.Event.Name == "TraceViewRefused").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OutsideOfDevelopmentForAnyone_IsNotFound()
    {
        await using var app = await StartAsync("Staging", static traces => traces.RequireAuthorization("ops").AllowAnonymous());
        using var response = await app.Web.SendAsync("GET", Path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Get_OutsideOfDevelopmentWithAPolicy_IsForThoseItLetsIn()
    {
        await using var app = await StartAsync("Staging", static traces => traces.RequireAuthorization("ops"));
        using var refused = await app.Web.SendAsync("GET", Path);
        await app.Web.GetAsync("/nothing/1");
        using var allowed = await app.Web.SendAsync("GET", Path, ("X-Ops", "yes"));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Single(TransactionsOf(await allowed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void MapLlmTraces_WithoutItsServices_SaysWhatToAdd()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var fault = Assert.Throws<InvalidOperationException>(() => app.MapLlmTraces());

        Assert.Contains("builder.Services.AddLlmTracing()", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<JsonElement>> TransactionsAsync(TestApp app, string path = Path) =>
        TransactionsOf(await app.GetAsync(path));

    private static IReadOnlyList<JsonElement> TransactionsOf(string json) =>
        [.. JsonElement.Parse(json).At("transactions").Elements()];

    private static async Task<ShownApp> StartAsync(
        string environment = "Development", Action<IEndpointConventionBuilder>? protect = null, bool isRoutedLater = false)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var app = await TestApp.StartAsync(new TestAppSetup
        {
            Environment = environment,
            Services = static services =>
            {
                services.AddAuthentication().AddBearerToken();
                services.AddAuthorizationBuilder().AddPolicy("ops", static policy => policy.RequireAssertion(
                    static context => ((HttpContext)context.Resource!).Request.Headers["X-Ops"] == "yes"));
            },
            Inside = app =>
            {
                if (isRoutedLater)
                {
                    app.UseRouting();
                }

                app.MapGet("/chat", () => Results.TracedSse<ChatResponseUpdate, string>(
                    ChunksAsync(answer.Task), static update => new(update.Text), new LlmCall("m") { Provider = "p" }));
                protect?.Invoke(app.MapLlmTraces());
                if (protect is null)
                {
                    app.MapLlmTraces();
                }
            },
        });
        return new ShownApp(app, answer);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> ChunksAsync(Task rest)
    {
        yield return Chunk("Hello", 1);
        await rest;
        yield return Chunk(".", 4);
    }

    private static ChatResponseUpdate Chunk(string text, long output) => new(
        ChatRole.Assistant, [new TextContent(text), new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = output })]);

    /// <summary>An app whose answers wait after their first chunk.</summary>
    private sealed record ShownApp(TestApp Web, TaskCompletionSource Answer) : IAsyncDisposable
    {
        /// <summary>Asks, and reads the first chunk.</summary>
        public async Task<RawHttpClient> AskAsync()
        {
            var client = await Web.ConnectAsync();
            await client.SendAsync("GET", "/chat");
            return await Deadline.BoundAsync("first chunk", null, async token =>
            {
                await client.ReadHeadAsync(token);
                while (await client.ReadFrameAsync(token) is ":")
                {
                }

                return client;
            });
        }

        public async Task<Feed> FollowAsync(string path) =>
            new(await Web.Client.GetStreamAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

        public ValueTask DisposeAsync()
        {
            Answer.TrySetResult();
            return Web.DisposeAsync();
        }
    }

    private sealed class Feed(Stream body) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _events =
            SseParser.Create(body).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();

        public async Task<JsonElement?> TryNextAsync() => await Deadline.BoundAsync("next event", null, _ => _events.MoveNextAsync().AsTask())
            ? JsonElement.Parse(_events.Current.Data)
            : null;

        public async Task<JsonElement> NextAsync(Func<JsonElement, bool> isWanted)
        {
            while (true)
            {
                var next = await TryNextAsync();
                Assert.NotNull(next);
                Assert.Equal("transaction", _events.Current.EventType);
                if (isWanted(next.Value))
                {
                    return next.Value;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _events.DisposeAsync();
            await body.DisposeAsync();
        }
    }
}
