using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter;

/// <summary>Spans of other libraries join the transaction, with the ops that Sentry knows them by.</summary>
public sealed class ThirdPartySpansTests
{
    // Stands in for the library's own source, which is found by its name.
    private static readonly ActivitySource Npgsql = new("Npgsql");

    [Fact]
    public async Task HttpClient_InsideASpan_IsItsChildWithMethodAndUrl()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var other = await TestApp.StartAsync(static app => app.MapGet("/stock/{id}", static () => "3"));
        using var client = new HttpClient { BaseAddress = other.BaseUrl };
        await using var app = await StartAsync(ingest, async () =>
        {
            using var tool = LlmTrace.StartTool("stock");
            await client.GetStringAsync("/stock/7?key=secret", TestContext.Current.CancellationToken);
        });

        await app.GetAsync("/");
        var transaction = await ingest.NextAsync();

        var http = transaction.Single("http.client");
        Assert.Equal(transaction.Single("gen_ai.execute_tool").SpanId, http.ParentSpanId);
        Assert.Equal($"GET {other.BaseUrl}stock/7?*", http.Description);
        Assert.Equal(("ok", 200L), (http.Status, http.Data.Count("http.response.status_code")));
        Assert.Equal("auto.http.llm_tracing", http.Origin);
    }

    [Theory]
    [InlineData("db.system", "db.statement", "otel.status_code")]
    [InlineData("db.system.name", "db.query.text", null)]
    public async Task Npgsql_SourceIsNamed_SpansAreQueries(string system, string query, string? status)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, () =>
        {
            using var workflow = LlmTrace.StartWorkflow("answer");
            using (var fine = Npgsql.StartActivity("shop", ActivityKind.Client)!)
            {
                fine.SetTag(system, "postgresql").SetTag(query, "SELECT 1");
            }

            using var failing = Npgsql.StartActivity("shop", ActivityKind.Client)!;
            failing.SetTag(system, "postgresql").SetTag(query, "SELECT wrong");
            _ = status is null ? failing.SetStatus(ActivityStatusCode.Error) : failing.SetTag(status, "ERROR");
            return Task.CompletedTask;
        });

        await app.GetAsync("/");
        var transaction = await ingest.NextAsync();

        var workflow = transaction.Single("gen_ai.invoke_agent");
        Assert.Equal(
            [("db", "SELECT 1", "ok"), ("db", "SELECT wrong", "internal_error")],
            transaction.ChildrenOf(workflow).Select(static span => (span.Op, span.Description, span.Status)));
        Assert.All(transaction.OfOp("db"), static span => Assert.Equal("auto.otel.llm_tracing", span.Origin));
    }

    [Fact]
    public async Task Npgsql_SourceIsNotNamed_SpansStayOutAndNoParentIsLost()
    {
        await using var ingest = await SentryIngest.StartAsync();
        using var elsewhere = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Npgsql",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(elsewhere);
        await using var app = await StartAsync(ingest, static () =>
        {
            using var unknown = Npgsql.StartActivity("shop")!;
            LlmTrace.StartTool("inside").Dispose();
            return Task.CompletedTask;
        }, sources: []);

        await app.GetAsync("/");
        var transaction = await ingest.NextAsync();

        Assert.Equal("execute_tool inside", Assert.Single(transaction.Spans).Description);
    }

    private static Task<TestApp> StartAsync(SentryIngest ingest, Func<Task> request, string[]? sources = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Options = options =>
            {
                foreach (var source in sources ?? ["Npgsql"])
                {
                    options.Sources.Add(source);
                }
            },
            Tracing = tracing => tracing.AddSentryExporter(options => options.Dsn = ingest.Dsn),
            Inside = app => app.MapGet("/", request),
        });
}
