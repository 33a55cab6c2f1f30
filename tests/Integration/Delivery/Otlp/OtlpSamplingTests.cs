using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace LlmTracing.Tests.Integration.Delivery.Otlp;

/// <summary>A request is recorded by both or by neither, as LlmTracing decides.</summary>
[Collection(RunsAlone.Name)]
public sealed class OtlpSamplingTests
{
    private const string TraceId = "771a43a4192642f0b136d5159a501700";
    private const string CallerId = "b7ad6b7169203331";

    // What ASP.NET Core calls the span of a request that no one has given a name.
    private const string Unadopted = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_HalfAreSampled_CollectorGetsTheSameHalf(bool isBesideOurs)
    {
        const int Requests = 40;
        await using var collector = await OtlpCollector.StartAsync();
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await OtlpApp.StartAsync(
            collector,
            sentry: isBesideOurs ? sentry => sentry.Dsn = ingest.Dsn : null,
            options: static options => options.TracesSampleRate = 0.5);

        var traces = new List<string>();
        for (var i = 0; i < Requests; i++)
        {
            traces.Add(await app.GetAsync("/"));
        }

        await app.StopAndFlushAsync();

        var recorded = app.Sink.Requests.Select(static one => one.TraceId.ToHexString()).ToList();
        Assert.InRange(recorded.Count, 1, Requests - 1);
        Assert.Equal(recorded.Order(), traces.SelectMany(collector.Of).Select(static span => span.TraceId).Order());
        if (isBesideOurs)
        {
            var delivered = await ingest.TakeAsync(recorded.Count);
            Assert.Equal(recorded.Order(), delivered.Select(static one => one.TraceId).Order());
        }
    }

    [Theory]
    [InlineData("traceparent", $"00-{TraceId}-{CallerId}-01", 0, 1)]
    [InlineData("traceparent", $"00-{TraceId}-{CallerId}-00", 1, 0)]
    [InlineData("sentry-trace", $"{TraceId}-{CallerId}-1", 0, 1)]
    [InlineData("sentry-trace", $"{TraceId}-{CallerId}-0", 1, 0)]
    [InlineData("sentry-trace", $"{TraceId}-{CallerId}", 1, 1)]
    [InlineData("sentry-trace", $"{TraceId}-{CallerId}", 0, 0)]
    public async Task Request_OfACallersTrace_BothDoAsTheCallerSays(string header, string value, double rate, int recorded)
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var app = await OtlpApp.StartAsync(
            collector, sentry: static _ => { }, options: options => options.TracesSampleRate = rate);

        using var response = await app.SendAsync("GET", "/", (header, value));
        await app.StopAndFlushAsync();

        Assert.Equal(recorded, app.Sink.Requests.Count);
        Assert.Equal(
            Enumerable.Repeat($"GET / < {CallerId}", recorded),
            collector.Of(TraceId).Select(static span => $"{span.Name} < {span.ParentSpanId}"));
    }

    [Fact]
    public async Task Request_FilteredOut_CollectorGetsNothingOfIt()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var provider = await ScriptedOpenAi.StartAsync();
        await using var app = await OtlpApp.StartAsync(
            collector, provider, options: static options => options.Filter = static context => context.Request.Path == "/");

        await app.GetAsync("/chat");
        var traceId = await app.GetAsync("/");
        await app.StopAndFlushAsync();

        // The requests that the provider and the collector get in this process are of other apps, without our middleware.
        Assert.Equal(
            [(traceId, "GET /")],
            collector.Spans.Where(static span => span.Name != Unadopted).Select(static span => (span.TraceId, span.Name)));
        Assert.Single(provider.Requests);
        Assert.DoesNotContain(collector.Spans, static span => span.ParentSpanId.Length > 0);
    }

    /// <summary>Why docs/otlp.md sets a sampler: OpenTelemetry's default one records what LlmTracing does not.</summary>
    [Fact]
    public async Task Request_OpenTelemetrySamplesForItself_CollectorGetsWhatOursDoNot()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var app = await OtlpApp.StartAsync(
            collector,
            options: static options => options.TracesSampleRate = 0,
            add: services => services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder()
                .AddSource("Microsoft.AspNetCore")
                .AddOtlpExporter(otlp =>
                {
                    otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
                    otlp.Endpoint = collector.TracesUrl;
                })
                .Build()));

        var traceId = await app.GetAsync("/");
        await app.StopAndFlushAsync();

        Assert.Empty(app.Sink.Requests);
        var span = Assert.Single(collector.Of(traceId));
        Assert.Equal(Unadopted, span.Name);
        Assert.DoesNotContain("http.route", span.Attributes.Keys);
    }
}
