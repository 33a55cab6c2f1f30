using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LlmTracing.SentrySdk.Errors;

/// <summary>Remembers which span an exception has failed first: the innermost, for it is told before those around it.</summary>
internal sealed class FailedSpans : IDisposable
{
    private readonly ConditionalWeakTable<Exception, Activity> _spans = [];
    private readonly ActivityListener _listener;

    public FailedSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName,
            ExceptionRecorder = (Activity span, Exception exception, ref TagList tags) => Add(exception, span),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Finds the span that an exception has failed, in the trace that it is told in.</summary>
    /// <param name="exception">The exception, which may have others in it.</param>
    /// <param name="current">The span that is current now.</param>
    public Activity? Of(Exception? exception, Activity? current)
    {
        foreach (var one in ExceptionChain.Of(exception))
        {
            // An exception that is kept, by a cached task say, may be thrown in one trace after the other.
            if (_spans.TryGetValue(one, out var span) && (current is null || current.TraceId == span.TraceId))
            {
                return span;
            }
        }

        return null;
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Exception exception, Activity span)
    {
        if (!_spans.TryGetValue(exception, out var known) || known.TraceId != span.TraceId)
        {
            _spans.AddOrUpdate(exception, span);
        }
    }
}
