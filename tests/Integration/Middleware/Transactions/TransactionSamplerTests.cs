using System.Diagnostics;
using System.Globalization;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

public sealed class TransactionSamplerTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ParentId = "b7ad6b7169203331";

    [Fact]
    public async Task IsSampled_Rate0_NothingIsRecorded()
    {
        await using var app = await StartAsync(rate: 0);

        await app.GetAsync("/");
        await app.GetAsync("/");
        await app.StopAsync();

        Assert.Empty(app.Sink.Requests);
    }

    [Fact]
    public async Task IsSampled_RateOneHalf_IsDecidedByTheTraceIdAlone()
    {
        // Another app in the process, which records everything, changes nothing.
        await using var other = await StartAsync(rate: 1);
        await using var app = await StartAsync(rate: 0.5);
        var traces = new List<string>();

        for (var i = 0; i < 40; i++)
        {
            traces.Add(await app.GetAsync("/"));
        }

        await app.StopAsync();

        Assert.Equal(40, traces.Distinct().Count());
        Assert.Equal(
            traces.Where(IsInLowerHalf), app.Sink.Requests.Select(one => one.TraceId.ToHexString()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task IsSampled_TraceBegunElsewhere_KeepsItsDecision(double rate)
    {
        await using var app = await StartAsync(rate);

        using var unsampled = await app.SendAsync("GET", "/", ("traceparent", $"00-{TraceId}-{ParentId}-00"));
        using var sampled = await app.SendAsync("GET", "/", ("traceparent", $"00-{TraceId}-{ParentId}-01"));
        await app.StopAsync();

        var transaction = Assert.Single(app.Sink.Requests);
        Assert.Equal(TraceId, transaction.TraceId.ToHexString());
        Assert.Equal(ParentId, transaction.Root.ParentSpanId?.ToHexString());
        Assert.Equal(transaction.Root.SpanId, Assert.Single(transaction.Spans).ParentSpanId);
    }

    [Fact]
    public async Task Sample_RequestNotSampled_StillHasATraceAndAnAnswer()
    {
        await using var app = await StartAsync(rate: 0);

        Assert.Equal(32, (await app.GetAsync("/")).Length);
        Assert.Equal(":\n\ndata: a\n\nevent: done\ndata: {\"outcome\":\"completed\",\"traceId\":\""
            + TraceId + "\"}\n\n", await StreamAsync(app));
    }

    private static Task<TestApp> StartAsync(double rate) => TestApp.StartAsync(new TestAppSetup
    {
        Options = options => options.TracesSampleRate = rate,
        Inside = static app =>
        {
            app.MapGet("/", static () =>
            {
                using var tool = LlmTrace.StartTool("search");
                return Activity.Current?.TraceId.ToHexString();
            });
            app.MapGet("/stream", static () => new ScriptedSource("a").ToResult(SourceShape.Iterator));
        },
    });

    private static async Task<string> StreamAsync(TestApp app)
    {
        using var response = await app.SendAsync("GET", "/stream", ("traceparent", $"00-{TraceId}-{ParentId}-00"));
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    // The last 53 bits are the number that is compared with the rate.
    private static bool IsInLowerHalf(string traceId) =>
        (ulong.Parse(traceId[16..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << 52)) == 0;
}
