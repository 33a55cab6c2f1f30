using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LlmTracing.SentrySdk.Transactions;

/// <summary>The calls to models that we trace, by the topmost span of their trace in this process.</summary>
internal sealed class TracedCalls : IDisposable
{
    private readonly ConditionalWeakTable<Activity, ConcurrentBag<Activity>> _calls = [];
    private readonly ActivityListener _listener;

    public TracedCalls()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName,
            ActivityStarted = call => _calls.GetValue(TopOf(call), static _ => []).Add(call),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Tells whether one was open during a time, in the trace of a span.</summary>
    public bool WereOpen(Activity? span, DateTimeOffset start, DateTimeOffset end) =>
        span is not null && _calls.TryGetValue(TopOf(span), out var calls) && calls.Any(call =>
            call.GetTagItem(GenAiAttributes.RequestModel) is not null
            && call.StartTimeUtc <= end.UtcDateTime
            && (!call.IsStopped || call.StartTimeUtc + call.Duration >= start.UtcDateTime));

    public void Dispose() => _listener.Dispose();

    private static Activity TopOf(Activity span)
    {
        while (span.Parent is { } parent)
        {
            span = parent;
        }

        return span;
    }
}
