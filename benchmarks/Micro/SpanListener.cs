using System.Diagnostics;

namespace LlmTracing.Benchmarks.Micro;

/// <summary>Has the library's spans recorded while a benchmark runs: the next one's baseline may be that nobody listens.</summary>
internal static class SpanListener
{
    public static IDisposable Start()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
