using System.Diagnostics;

namespace LlmTracing.Streaming.Flow;

/// <summary>Finds the span that a new one belongs under, and says how it was found.</summary>
/// <param name="Activity">The parent, or null for a new root. A stopped one still gives the trace.</param>
/// <param name="FoundBy">The value of <c>llm_tracing.parent</c>.</param>
internal readonly record struct SpanParent(Activity? Activity, string FoundBy)
{
    public static SpanParent Find(Activity? given)
    {
        if (given is not null)
        {
            return new(given, "explicit");
        }

        var current = Activity.Current;
        if (NearestOpen(current) is { } open)
        {
            return new(open, "ambient");
        }

        return NearestOpen(LlmTrace.Transaction) is { } transaction ? new(transaction, "request") : new(current, "none");
    }

    public static Activity? NearestOpen(Activity? activity)
    {
        while (activity is { IsStopped: true })
        {
            activity = activity.Parent;
        }

        return activity;
    }

    /// <summary>Starts a span under this parent and leaves it current.</summary>
    public Activity? Start(string name, ActivityKind kind)
    {
        if (Activity is { IsStopped: true })
        {
            // A stopped span cannot be made current. Its trace goes on, as a transaction of its own.
            Activity.Current = null;
            return LlmTrace.Source.StartActivity(name, kind, Activity.Context);
        }

        // Made current rather than given as a context: so Activity.Parent is set, by which spans find their transaction.
        Activity.Current = Activity;
        return LlmTrace.Source.StartActivity(name, kind);
    }
}
