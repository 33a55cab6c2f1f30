using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace LlmTracing.Benchmarks.Micro.Spans;

/// <summary>What does the span of a call cost that comes in one piece, over an Activity with the same attributes?</summary>
public class SpanBenchmarks
{
    private static readonly ActivitySource Source = new(LlmTrace.SourceName);
    private static readonly LlmCall Call = new("gpt-4o-mini") { Provider = "openai" };

    private IDisposable? _listener;

    [GlobalSetup]
    public void SetUp() => _listener = SpanListener.Start();

    [GlobalCleanup]
    public void CleanUp() => _listener?.Dispose();

    [Benchmark(Baseline = true)]
    public void BareActivity()
    {
        using var span = Source.StartActivity("chat gpt-4o-mini", ActivityKind.Client);
        span!.SetTag(GenAiAttributes.OperationName, "chat");
        span.SetTag(GenAiAttributes.ProviderName, "openai");
        span.SetTag(GenAiAttributes.RequestModel, "gpt-4o-mini");
        span.SetTag(GenAiAttributes.UsageInputTokens, 12L);
        span.SetTag(GenAiAttributes.UsageOutputTokens, 34L);
        span.SetTag(GenAiAttributes.UsageTotalTokens, 46L);
    }

    [Benchmark]
    public void Chat()
    {
        using var span = LlmTrace.StartChat(Call);
        span.Record(new LlmUsage(12, 34));
    }
}
