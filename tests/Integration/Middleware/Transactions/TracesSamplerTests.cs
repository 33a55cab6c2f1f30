using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

/// <remarks>The app's function is asked about the roots of every host in the process: it must know its own.</remarks>
public sealed class TracesSamplerTests
{
    private const string Deferred = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

    [Fact]
    public async Task TracesSampler_ByPath_DecidesAndItsRateGoesOut()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var other = await RecordingServer.StartAsync();
        await using var app = await StartAsync(ingest, other, static begins => begins.HttpContext?.Request.Path.Value switch
        {
            "/health" => 0,
            "/all" => 1,
            _ => null,
        });

        await app.GetAsync("/health");
        await app.GetAsync("/all");
        await app.GetAsync("/rest");
        var transaction = await ingest.NextAsync();
        await app.StopAsync();

        Assert.Equal("/all", transaction.Data.Text("url.path"));
        Assert.Equal("1", transaction.Dsc["sample_rate"]);
        Assert.DoesNotContain(transaction.Data.Keys, static key => key.Contains("SampleRate", StringComparison.Ordinal));
        ingest.AssertNoMore();
        Assert.Equal(
            [("0", "false"), ("1", "true"), ("0", "false")],
            other.Requests.Select(static request => (Member(request, "sample_rate"), Member(request, "sampled"))));
    }

    [Fact]
    public async Task TracesSampler_OfARequest_KnowsItsMethodPathAndTrace()
    {
        TracesSamplerContext? asked = null;
        await using var ingest = await SentryIngest.StartAsync();
        await using var other = await RecordingServer.StartAsync();
        await using var app = await StartAsync(ingest, other, begins =>
        {
            if (begins.Name == "GET /known/7")
            {
                asked = begins;
            }

            return 1;
        });

        await app.GetAsync("/known/7?a=b");
        var transaction = await ingest.NextAsync();

        Assert.Equal((ActivityKind.Server, transaction.TraceId), (asked!.Kind, asked.TraceId.ToHexString()));
    }

    [Theory]
    [InlineData("-1", 0, 1)]
    [InlineData("-0", 1, 0)]
    [InlineData("", 1, 1)]
    [InlineData("", 0, 0)]
    public async Task TracesSampler_TraceComesFromACaller_IsAskedOnlyIfTheCallerLeftIt(string flag, double rate, int sent)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var other = await RecordingServer.StartAsync();
        await using var app = await StartAsync(ingest, other, _ => rate);

        await app.SendAsync("GET", "/all", ("sentry-trace", Deferred + flag));
        await app.StopAsync();

        Assert.Equal(sent, ingest.Received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TracesSampler_FailsOrGivesNoRate_RateCountsAndItIsLoggedOnce(bool throws)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var other = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            ingest, other, _ => throws ? throw new InvalidOperationException("It broke.") : double.NaN, rate: 1);

        await app.GetAsync("/all");
        await app.GetAsync("/all");
        var transactions = await ingest.TakeAsync(2);

        Assert.All(transactions, static transaction => Assert.Equal("1", transaction.Dsc["sample_rate"]));
        Assert.Equal(LogLevel.Error, Assert.Single(app.Logs.Of("SamplerFailed")).Level);
    }

    private static string? Member(RecordedRequest request, string name) => request.Headers["baggage"].Split(',')
        .Select(static member => member.Split('=')).Single(member => member[0] == $"sentry-{name}")[1];

    private static Task<TestApp> StartAsync(
        SentryIngest ingest, RecordingServer other, Func<TracesSamplerContext, double?> sampler, double rate = 0) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Options = options => (options.TracesSampler, options.TracesSampleRate) = (sampler, rate),
            Tracing = tracing => tracing.AddSentryExporter(exporter => exporter.Dsn = ingest.Dsn),
            Inside = app => app.MapGet("/{**path}", async (CancellationToken cancellationToken) =>
            {
                using var http = new HttpClient();
                return await http.GetStringAsync(other.Address, cancellationToken);
            }),
        });
}
