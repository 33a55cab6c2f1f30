using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>A span that is not a stream's, as it was started, whatever its listeners do.</summary>
/// <param name="Activity">The span, or null where nobody records it.</param>
/// <param name="Current">What is current now: the span, or what stands in for one that is not recorded.</param>
/// <param name="Before">What was current before.</param>
internal readonly record struct StartedSpan(Activity? Activity, Activity? Current, Activity? Before)
{
    public static StartedSpan Start<TState>(
        string name, ActivityKind kind, Activity? parent, TState state, Action<Activity, TState> describe)
    {
        var before = Activity.Current;
        if (!LlmTrace.Source.HasListeners())
        {
            return new(null, null, before);
        }

        Activity? activity = null, current = null;
        try
        {
            var found = SpanParent.Find(parent);
            activity = found.Start(name, kind);
            current = activity ?? StandIn(found, name, before);
            if (activity is { IsAllDataRequested: true })
            {
                try
                {
                    describe(activity, state);
                }
                finally
                {
                    SpanProgress.Of(activity)?.OnChanged();
                }
            }
        }
        catch (Exception exception)
        {
            // Another listener's fault: the app's own code goes on.
            Log.TracingFailed(Log.For(CurrentRequest.Loggers), exception);
        }

        if (current is null)
        {
            Activity.Current = SpanParent.NearestOpen(before);
        }
        else if (parent is not null)
        {
            SpanBefore.Remember(current, before);
        }

        return new(activity, current, before);
    }

    private static Activity? StandIn(SpanParent found, string name, Activity? before)
    {
        Activity.Current = SpanParent.NearestOpen(before);
        return found.StandIn(name);
    }
}
