using System.Diagnostics;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing;

/// <summary>One span that is not a stream: a tool's run, say. Current from its start until it is disposed.</summary>
/// <remarks>Where nobody listens it has no <see cref="Activity"/>, and every member does nothing.</remarks>
public sealed class LlmSpan : IDisposable
{
    private readonly Activity? _before;
    private int _failed;
    private int _ended;

    private LlmSpan(Activity? activity, Activity? before) => (Activity, _before) = (activity, before);

    /// <summary>Gets the span itself, or null where nobody listens or the request is not sampled.</summary>
    public Activity? Activity { get; }

    internal static LlmSpan Start(string name, ActivityKind kind, Activity? parent)
    {
        var before = Activity.Current;
        if (!LlmTrace.Source.HasListeners())
        {
            return new LlmSpan(null, before);
        }

        Activity? activity = null;
        var found = SpanParent.Find(parent);
        try
        {
            activity = found.Start(name, kind);
        }
        catch (Exception exception)
        {
            LogFault(exception);
        }

        if (activity is null)
        {
            Activity.Current = SpanParent.NearestOpen(before);
        }

        var span = new LlmSpan(activity, before);
        span.Set(LlmTracingAttributes.Parent, found.FoundBy);
        return span;
    }

    /// <summary>Notes the tokens that the span used.</summary>
    /// <param name="usage">Totals; a later call replaces the fields that it knows.</param>
    public void Record(in LlmUsage usage) => Activity?.SetUsage(default(LlmUsage).UpdatedBy(usage));

    /// <summary>Marks the span as failed. The first cause stays, whatever else fails after it.</summary>
    /// <param name="exception">The cause.</param>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (Interlocked.Exchange(ref _failed, 1) == 0)
        {
            Activity?.SetFailure(exception);
        }
    }

    /// <summary>Sets an attribute.</summary>
    /// <param name="key">The attribute's name.</param>
    /// <param name="value">A string, number or boolean; null is left out.</param>
    public void Set(string key, object? value)
    {
        if (value is not null && Activity is { IsAllDataRequested: true })
        {
            Activity.SetTag(key, value);
        }
    }

    /// <summary>Ends the span, and makes the span current that was so before it. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Activity is null || Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        // Stop() sets the current span of whoever calls it, also where that is another flow than the one it began in.
        var current = Activity.Current;
        try
        {
            Activity.Stop();
        }
        catch (Exception exception)
        {
            LogFault(exception);
        }

        Activity.Current = ReferenceEquals(current, Activity) ? SpanParent.NearestOpen(_before) : current;
    }

    // Another listener's: the app's own code goes on.
    private static void LogFault(Exception exception) =>
        Log.TracingFailed(Log.For(Log.LoggersOf(LlmTrace.HttpContext?.RequestServices)), exception);
}
