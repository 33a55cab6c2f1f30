using System.Diagnostics;
using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter;

/// <remarks>
/// Seen to fail: without <c>Secrets.Redact</c> in SentryAttributes, secrets leave.
/// </remarks>
public sealed class SentEnvelopeTests
{
    private static readonly ActivitySource Library = new("SentEnvelopeTests.Library");

    [Fact]
    public async Task Request_WithSecretsEverywhere_NoneIsInAnyEnvelope()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.KeepsTexts = true;
        await using var app = await StartAsync(ingest, static app => app.MapGet("/chat/{id}", async (string id, CancellationToken cancellationToken) =>
        {
            using (var call = Library.StartActivity("GET", ActivityKind.Client))
            {
                call?.SetTag("http.request.method", "GET");
                call?.SetTag("url.full", "https://s3cret-user:s3cret-pw@api.example.com/v1?key=s3cret-key#s3cret-part");
                call?.SetTag("url.query", "key=s3cret-key");
                call?.SetTag("http.request.header.authorization", new[] { "Bearer s3cret-token" });
                call?.SetTag("db.connection_string", "Host=db;Password=s3cret-pw");
            }

            using var http = new HttpClient();
            await Assert.ThrowsAsync<HttpRequestException>(
                () => http.GetAsync("http://s3cret-user:s3cret-pw@127.0.0.1:1/v1?key=s3cret-key", cancellationToken));
            throw new InvalidOperationException($"{id} broke.");
        }));

        using var response = await app.SendAsync(
            "GET", "/chat/7?token=s3cret-query", ("Cookie", "session=s3cret-cookie"),
            ("Authorization", "Bearer s3cret-token"), ("X-Api-Key", "s3cret-key"), ("User-Agent", "curl/8"));
        var transaction = await ingest.NextAsync();
        await ingest.NextErrorAsync();
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(2, transaction.OfOp("http.client").Count());
        Assert.Equal(
            "GET https://REDACTED:REDACTED@api.example.com/v1?*", transaction.Spans[0].Description);
        Assert.Equal(2, ingest.Texts.Count);
        Assert.All(ingest.Texts, static text => Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal));
        Assert.All(ingest.Texts, static text => Assert.Contains("curl/8", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Spans_OfAnyLibrary_AreSentAsValidText()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app => app.MapGet("/", static () =>
        {
            using var span = Library.StartActivity("half \ud83d", ActivityKind.Internal);
            span?.SetTag("half", "\ude00");
            span?.SetTag("half \ud83d key", new[] { "\ud83d" });
            span?.SetTag("long", new string('a', 100_000));
            span?.SetTag("exact", 12345678901234567890UL);
            span?.AddTag("twice", 1);
            span?.AddTag("twice", 2);
        }));

        await app.GetAsync("/");
        var span = Assert.Single((await ingest.NextAsync()).Spans);

        Assert.Equal("half \ufffd", span.Description);
        Assert.Equal(
            ("\ufffd", "[\"\\uFFFD\"]", 8192, 2L),
            (span.Data.Text("half"), span.Data.Text("half \ufffd key"), span.Data.Text("long")!.Length, span.Data.Count("twice")));
        Assert.Equal("12345678901234567890", span.Json.GetProperty("data").GetProperty("exact").GetRawText());
    }

    [Fact]
    public async Task GenAiSpanItems_SwitchedOn_AiWorkIsInAnItemOfItsOwn()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(
            ingest,
            static app => app.MapGet("/", static () => LlmTrace.RunAsync(LlmTrace.StartAgent("clerk"), async _ =>
            {
                await LlmTrace.RunAsync(LlmTrace.StartTask("look up"), _ => Task.CompletedTask);
                using var call = LlmTrace.StartChat(new LlmCall("m") { Provider = "p" });
                call.Record(new LlmUsage { InputTokens = 5, OutputTokens = 3, CachedInputTokens = 2 });
                call.Set("gen_ai.response.model", "m-1");
            })),
            static options => options.GenAiSpanItems = true);

        await app.GetAsync("/");
        var transaction = await ingest.NextAsync();

        Assert.Equal("task", Assert.Single(transaction.SpansInEvent).Op);
        var (agent, chat) = (transaction.Single("gen_ai.invoke_agent"), transaction.Single("gen_ai.chat"));
        Assert.Equal([transaction.SpanId, agent.SpanId], [agent.ParentSpanId, chat.ParentSpanId]);
        Assert.Equal(5, chat.Data.Count("gen_ai.usage.input_tokens"));
        Assert.Equal(2, chat.Data.Count("gen_ai.usage.input_tokens.cached"));
    }

    [Fact]
    public async Task Content_LargerThanAnItem_IsLeftOutAndTheTransactionArrives()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(
            ingest,
            static app => app.MapGet("/", static () =>
            {
                using var tool = LlmTrace.StartTool("read");
                tool.SetContent(GenAiAttributes.ToolCallArguments, "{}");
                tool.SetContent(GenAiAttributes.ToolCallResult, new string('\u0001', 256 * 1024));
            }),
            tracing: static options => (options.CaptureContent, options.MaxContentLength) = (true, 256 * 1024));

        await app.GetAsync("/");
        var transaction = await ingest.NextAsync();

        var tool = Assert.Single(transaction.Spans);
        Assert.Equal("{}", tool.Data.Text("gen_ai.tool.input"));
        Assert.False(tool.Data.Has("gen_ai.tool.call.result"));
        Assert.Equal(1, transaction.Data.Count("llm_tracing.content.dropped"));
    }

    [Fact]
    public async Task BeforeSend_KeepsChangesAndFails_OthersArriveAndItIsLoggedOnce()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(
            ingest,
            static app => app.MapGet("/{name}", static (string name) => name),
            static options => options.BeforeSend = static transaction => (string?)transaction.Root["url.path"] switch
            {
                "/health" => null,
                "/fails" => throw new InvalidOperationException("The hook broke."),
                _ => transaction with { Root = transaction.Root with { Name = "changed" } },
            });

        foreach (var path in (string[])["health", "fails", "health", "fails", "other"])
        {
            await app.GetAsync($"/{path}");
        }

        await app.StopAsync();
        var sent = await ingest.TakeAsync(3);
        Assert.Equal(["GET /{name}", "GET /{name}", "changed"], sent.Select(static one => one.Name).Order(StringComparer.Ordinal));
        ingest.AssertNoMore();
        Assert.IsType<InvalidOperationException>(Assert.Single(app.Logs.Of("BeforeSendFailed")).Exception);
    }

    [Fact]
    public async Task ReleaseAndEnvironment_NothingSet_AreTheAppsAndTheHosts()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app => app.MapGet("/", static () => "hello"));

        await app.GetAsync("/");
        var transaction = await ingest.NextAsync();

        Assert.Matches(@"^LlmTracing\.Tests\.Integration@0\.1\.0(\+[0-9a-f]+)?$", transaction.Json.GetProperty("release").GetString());
        Assert.Equal("staging", transaction.Json.GetProperty("environment").GetString());
    }

    private static Task<TestApp> StartAsync(
        SentryIngest ingest,
        Action<WebApplication> inside,
        Action<SentryExporterOptions>? exporter = null,
        Action<LlmTracingOptions>? tracing = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Environment = "Staging",
            Options = options =>
            {
                options.Sources.Add(Library.Name);
                tracing?.Invoke(options);
            },
            Tracing = builder => builder.AddSentryExporter(options =>
            {
                options.Dsn = ingest.Dsn;
                exporter?.Invoke(options);
            }),
            Inside = inside,
        });
}
