using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter.Propagation;

/// <summary>A browser calls a shop, which asks the model and calls its orders, which call the stock: one trace.</summary>
[Collection(RunsAlone.Name)]
public sealed class ServiceChainTests
{
    private const string TraceId = "771a43a4192642f0b136d5159a501700";
    private const string BrowserSpanId = "b7ad6b7169203331";
    private const string BrowserContext =
        $"sentry-trace_id={TraceId},sentry-public_key=browser,sentry-sample_rate=0.5,sentry-sample_rand=0.125000,"
        + "sentry-sampled=true,sentry-release=web%401,sentry-environment=production,sentry-transaction=%2Fcart";

    [Fact]
    public async Task Chain_BegunByABrowser_IsOneTraceWhoseParentsAreTheLiveCallsAndWhoseContextIsTheBrowsers()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var chain = await StartAsync(ingest);

        using var response = await chain.Shop.SendAsync(
            "GET", "/cart", ("sentry-trace", $"{TraceId}-{BrowserSpanId}-1"), ("baggage", BrowserContext));
        var transactions = (await ingest.TakeAsync(3)).ToDictionary(static one => one.Name);
        var stocked = Assert.Single(chain.Warehouse.Requests);

        var (shop, orders, stock) =
            (transactions["GET /cart"], transactions["GET /orders"], transactions["GET /stock"]);
        Assert.All(transactions.Values, static one => Assert.Equal(TraceId, one.TraceId));
        Assert.Equal(BrowserSpanId, shop.ParentSpanId);
        Assert.Equal(shop.Single("http.client").SpanId, orders.ParentSpanId);
        Assert.Equal(shop.Single("gen_ai.chat").SpanId, shop.Single("http.client").ParentSpanId);
        Assert.Equal(orders.Single("http.client").SpanId, stock.ParentSpanId);
        Assert.Equal($"{TraceId}-{stock.Single("http.client").SpanId}-1", stocked.SentryTrace);
        Assert.Equal($"00-{TraceId}-{stock.Single("http.client").SpanId}-01", stocked.TraceParent);
        Assert.Equal(BrowserContext, stocked.Baggage);
        Assert.All(transactions.Values, static one => Assert.Equal(
            new Dictionary<string, string>
            {
                ["trace_id"] = TraceId,
                ["public_key"] = "browser",
                ["sample_rate"] = "0.5",
                ["sample_rand"] = "0.125000",
                ["sampled"] = "true",
                ["release"] = "web@1",
                ["environment"] = "production",
                ["transaction"] = "/cart",
            },
            one.Dsc));
    }

    [Fact]
    public async Task Chain_BegunByTheShop_HasTheShopsContextEverywhere()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var chain = await StartAsync(ingest);

        using var response = await chain.Shop.SendAsync("GET", "/cart");
        var transactions = await ingest.TakeAsync(3);
        var stocked = Assert.Single(chain.Warehouse.Requests);

        var shop = Assert.Single(transactions, static one => one.ParentSpanId is null);
        var random = SampleRandom.Of(ActivityTraceId.CreateFromString(shop.TraceId));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["trace_id"] = shop.TraceId,
                ["public_key"] = SentryIngest.PublicKey,
                ["sample_rate"] = "1",
                ["sample_rand"] = FormattableString.Invariant($"{random:0.000000}"),
                ["sampled"] = "true",
                ["release"] = "shop@2",
                ["environment"] = "test",
                ["transaction"] = "GET /cart",
                ["org_id"] = "7",
            },
            shop.Dsc);
        Assert.All(transactions, one => Assert.Equal(shop.TraceId, one.TraceId));
        Assert.All(transactions, one => Assert.Equal(shop.Dsc, one.Dsc));
        Assert.Equal(
            shop.Dsc.Select(static member => $"sentry-{member.Key}={Uri.EscapeDataString(member.Value)}"),
            stocked.Baggage?.Split(','));
    }

    [Fact]
    public async Task Chain_CallerOfAnotherKind_IsContinuedWithoutAContext()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var chain = await StartAsync(ingest);

        using var response = await chain.Shop.SendAsync(
            "GET", "/cart", ("traceparent", $"00-{TraceId}-{BrowserSpanId}-01"), ("tracestate", "vendor=1"));
        var transactions = await ingest.TakeAsync(3);
        var stocked = Assert.Single(chain.Warehouse.Requests);

        Assert.All(transactions, static one => Assert.Equal(TraceId, one.TraceId));
        Assert.All(transactions, static one => Assert.Empty(one.Dsc));
        Assert.Null(stocked.Baggage);
        Assert.Equal("vendor=1", stocked.Headers["tracestate"]);
    }

    [Theory]
    [InlineData("8", false)]
    [InlineData("7", true)]
    public async Task Chain_CallerOfAnotherOrganization_BeginsANewTrace(string organization, bool isContinued)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var chain = await StartAsync(ingest);

        using var response = await chain.Shop.SendAsync(
            "GET", "/cart",
            ("sentry-trace", $"{TraceId}-{BrowserSpanId}-1"),
            ("baggage", $"{BrowserContext},sentry-org_id={organization}"));
        var transactions = await ingest.TakeAsync(3);

        var traceId = Assert.Single(transactions.Select(static one => one.TraceId).Distinct());
        Assert.Equal(isContinued, traceId == TraceId);
        Assert.All(transactions, one => Assert.Equal(isContinued ? "browser" : "public", one.Dsc["public_key"]));
    }

    private static async Task<Chain> StartAsync(SentryIngest ingest)
    {
        var warehouse = await RecordingServer.StartAsync();
        var stock = await StartServiceAsync(ingest, "stock@1", "/stock", warehouse.Address);
        var orders = await StartServiceAsync(ingest, "orders@3", "/orders", new Uri(stock.BaseUrl, "/stock"));
        var shop = await StartServiceAsync(ingest, "shop@2", "/cart", new Uri(orders.BaseUrl, "/orders"), isStreaming: true);
        return new Chain(shop, orders, stock, warehouse);
    }

    private static Task<TestApp> StartServiceAsync(
        SentryIngest ingest, string release, string path, Uri next, bool isStreaming = false)
    {
        HttpClient? client = null;
        return TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing => tracing.AddSentryExporter(options =>
                (options.Dsn, options.Release, options.Environment, options.OrgId) = (ingest.Dsn, release, "test", "7")),

            // Made when the services are there, as an app's are.
            Inside = app => app.MapGet(path, isStreaming
                ? () => ReadAsync((client ??= new HttpClient()), next)
                : () => (client ??= new HttpClient()).GetStringAsync(next)),
        });
    }

    private static async Task<string> ReadAsync(HttpClient client, Uri next)
    {
        await foreach (var chunk in StreamAsync(client, next).TraceLlm(new LlmCall("m") { Provider = "own" }))
        {
            return chunk;
        }

        return "";
    }

    private static async IAsyncEnumerable<string> StreamAsync(HttpClient client, Uri next)
    {
        yield return await client.GetStringAsync(next);
    }

    private sealed record Chain(TestApp Shop, TestApp Orders, TestApp Stock, RecordingServer Warehouse) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Shop.DisposeAsync();
            await Orders.DisposeAsync();
            await Stock.DisposeAsync();
            await Warehouse.DisposeAsync();
        }
    }
}
