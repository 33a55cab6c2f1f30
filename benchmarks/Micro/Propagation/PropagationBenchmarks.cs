using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using LlmTracing.SentryExporter.Propagation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LlmTracing.Benchmarks.Micro.Propagation;

/// <summary>What do the headers of a trace cost, over the platform's own, W3C's alone?</summary>
/// <remarks>The request that they are put into is made in both.</remarks>
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class PropagationBenchmarks
{
    private static readonly DistributedContextPropagator Platform = DistributedContextPropagator.CreateDefaultPropagator();

    private readonly SentryPropagator _sentry = new(
        new PropagationSettings(
            Options.Create(new SentryExporterOptions { Dsn = "https://key@o1.ingest.sentry.io/1" }),
            Options.Create(new LlmTracingOptions())),
        NullLoggerFactory.Instance);

    private readonly Activity _span = new Activity("request").Start();

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ["sentry-trace"] = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        ["baggage"] = "sentry-trace_id=0af7651916cd43dd8448eb211c80319c,sentry-public_key=key,sentry-org_id=1,sentry-sampled=true",
    };

    [GlobalCleanup]
    public void CleanUp()
    {
        _span.Dispose();
        _sentry.Dispose();
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("inject")]
    public object PlatformInject() => Inject(Platform);

    [Benchmark]
    [BenchmarkCategory("inject")]
    public object Inject() => Inject(_sentry);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("extract")]
    public string? PlatformExtract() => Extract(Platform);

    [Benchmark]
    [BenchmarkCategory("extract")]
    public string? Extract() => Extract(_sentry);

    private HttpRequestMessage Inject(DistributedContextPropagator propagator)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "https://shop.example/");
        propagator.Inject(_span, request, static (carrier, name, value) =>
            ((HttpRequestMessage)carrier!).Headers.TryAddWithoutValidation(name, value));
        return request;
    }

    private string? Extract(DistributedContextPropagator propagator)
    {
        propagator.ExtractTraceIdAndState(_headers, Get, out var traceId, out _);
        foreach (var (_, _) in propagator.ExtractBaggage(_headers, Get) ?? [])
        {
        }

        return traceId;

        static void Get(object? carrier, string name, out string? value, out IEnumerable<string>? values)
        {
            value = ((Dictionary<string, string>)carrier!).GetValueOrDefault(name);
            values = null;
        }
    }
}
