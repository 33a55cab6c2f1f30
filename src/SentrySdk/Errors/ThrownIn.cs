using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LlmTracing.SentrySdk.Errors;

/// <summary>Remembers which span an exception has failed first: the innermost, for it is told before those around it.</summary>
internal sealed class ThrownIn : IDisposable
{
    private readonly ConditionalWeakTable<Exception, Activity> _spans = [];
    private readonly ActivityListener _listener;

    public ThrownIn()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName,
            ExceptionRecorder = (Activity span, Exception exception, ref TagList tags) => _spans.TryAdd(exception, span),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public Activity? SpanOf(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (_spans.TryGetValue(exception, out var span))
            {
                return span;
            }
        }

        return null;
    }

    public void Dispose() => _listener.Dispose();
}
