using BenchmarkDotNet.Attributes;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Propagation;
using Microsoft.Extensions.Options;

namespace LlmTracing.Benchmarks.Micro.Transactions;

/// <summary>What does it cost to copy the spans of a request, and to write them as an envelope?</summary>
public class TransactionBenchmarks
{
    private readonly MadeTransaction _made = new();
    private readonly EnvelopeWriter _writer = NewWriter();
    private FinishedTransaction? _finished;

    [GlobalSetup]
    public void SetUp() => _finished = _made.Assemble();

    [Benchmark(Baseline = true)]
    public object Assembled() => _made.Assemble();

    [Benchmark]
    public object Serialized() => _writer.Write(_finished!);

    internal static EnvelopeWriter NewWriter()
    {
        var options = new SentryExporterOptions { Dsn = "https://key@sentry.example/1", Release = "shop@1.0" };
        var settings = new PropagationSettings(Options.Create(options), Options.Create(new LlmTracingOptions()));
        return new EnvelopeWriter(options, settings, TimeProvider.System);
    }
}
