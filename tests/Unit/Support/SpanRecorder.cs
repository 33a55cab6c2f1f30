using System.Collections.Concurrent;
using System.Diagnostics;

namespace LlmTracing.Tests.Unit.Support;

/// <summary>Listens to the spans of one trace, which begins with <see cref="Root"/>, current for the test's flow.</summary>
internal sealed class SpanRecorder : IDisposable
{
    /// <summary>Makes the spans that in an app come from elsewhere: requests, the children of an iterator.</summary>
    public static readonly ActivitySource App = new(AppSourceName);

    private const string AppSourceName = "LlmTracing.Tests.Unit";

    private readonly ConcurrentQueue<Activity> _started = new();
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    /// <param name="onStarted">What an app does with each LLM span of the trace when it starts.</param>
    public SpanRecorder(Action<Activity>? onStarted = null)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName || source.Name == AppSourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = span =>
            {
                if (Keep(_started, span))
                {
                    onStarted?.Invoke(span);
                }
            },
            ActivityStopped = span => Keep(_stopped, span),
        };
        ActivitySource.AddActivityListener(_listener);
        Activity.Current = null;
        Root = App.StartActivity("request")!;
    }

    public Activity Root { get; }

    /// <summary>Gets the LLM spans of the trace that have started, in that order.</summary>
    public IReadOnlyList<Activity> Started => [.. _started];

    /// <summary>Gets the LLM spans of the trace, one entry for each time that one ended.</summary>
    public IReadOnlyList<Activity> Ended => [.. _stopped];

    /// <summary>Gets the only LLM span of the trace, which has ended, once.</summary>
    public Activity Single
    {
        get
        {
            var span = Assert.Single(Started);
            Assert.Same(span, Assert.Single(Ended));
            return span;
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        _listener.Dispose();
    }

    private bool Keep(ConcurrentQueue<Activity> spans, Activity span)
    {
        // Root is null while it starts itself. Other tests listen to the same sources.
        var isOurs = Root is not null && span.TraceId == Root.TraceId && span.Source.Name == LlmTrace.SourceName;
        if (isOurs)
        {
            spans.Enqueue(span);
        }

        return isOurs;
    }
}
