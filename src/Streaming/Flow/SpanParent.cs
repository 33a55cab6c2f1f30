using System.Diagnostics;

namespace LlmTracing.Streaming.Flow;

/// <summary>Finds the span that a new one belongs under, and says how it was found.</summary>
/// <param name="Activity">The parent, or null for a new root. A stopped one still gives the trace.</param>
/// <param name="FoundBy">The value of <c>llm_tracing.parent</c>.</param>
internal readonly record struct SpanParent(Activity? Activity, string? FoundBy)
{
    private const string Explicit = "explicit";

    public static SpanParent Find(Activity? given)
    {
        if (given is not null && WasStarted(given))
        {
            return new(given, Explicit);
        }

        var current = Activity.Current;
        if (NearestOpen(current) is { } open)
        {
            return new(open, "ambient");
        }

        return NearestOpen(LlmTrace.Transaction) is { } transaction ? new(transaction, "request") : new(current, "none");
    }

    /// <summary>Finds the parent of a stream where its call is made, which may be far from where it is pulled.</summary>
    public static SpanParent FindAtCall(LlmCall call) => LlmTrace.Source.HasListeners() ? Find(call.Parent) : default;

    public static Activity? NearestOpen(Activity? activity)
    {
        while (activity is { IsStopped: true })
        {
            activity = activity.Parent;
        }

        return activity;
    }

    /// <summary>Gives the parent for a span that starts now, of a call that was made before.</summary>
    /// <remarks>
    /// The deeper of the two places, where one is beneath the other: a stream may be made before the step that pulls it
    /// begins, or pulled far from the step that made it. Where they have nothing to do with each other, the call's.
    /// </remarks>
    /// <param name="given">The parent that the call itself names.</param>
    public SpanParent AsOfNow(Activity? given)
    {
        if (FoundBy == Explicit)
        {
            return this;
        }

        var now = Find(given);
        if (now.FoundBy == Explicit)
        {
            // It was not started yet where the call was made.
            return now;
        }

        if (NearestOpen(Activity) is { } made)
        {
            return IsBeneath(now.Activity, made) ? now : this with { Activity = made };
        }

        // All that was open when the call was made has ended. If there is no other place for it, its trace at least goes on.
        return now.Activity is null ? now with { Activity = Activity } : now;
    }

    /// <summary>Starts a span under this parent and leaves it current.</summary>
    public Activity? Start(string name, ActivityKind kind)
    {
        var span = StartBeneath(name, kind);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(LlmTracingAttributes.Parent, FoundBy);
            InheritedAttributes.Set(span, Activity);
        }

        return span;
    }

    /// <summary>Keeps the parent for what runs beneath, and leaves it current, where its span is made by nobody.</summary>
    /// <returns>What is current now; null where nothing had to be done.</returns>
    /// <remarks>
    /// The parent itself will not do: where it is current of its own accord, an end of the span could not be told from it.
    /// </remarks>
    public Activity? StandIn(string name)
    {
        if (Activity is null || Activity.IsStopped || ReferenceEquals(Activity, Activity.Current))
        {
            return null;
        }

        Activity.Current = Activity;
        return new Activity(name) { IsAllDataRequested = false }.Start();
    }

    /// <summary>Tells whether a span is another or beneath it.</summary>
    public static bool IsBeneath(Activity? span, Activity above)
    {
        while (span is not null && !ReferenceEquals(span, above))
        {
            span = span.Parent;
        }

        return span is not null;
    }

    private static bool WasStarted(Activity activity) => activity.SpanId != default || activity.Id is not null;

    private Activity? StartBeneath(string name, ActivityKind kind)
    {
        if (Activity is { IsStopped: true })
        {
            // A stopped span cannot be made current. Its trace goes on, as a transaction of its own; if it is not recorded,
            // as that of a caller is, whose ids a span is made to carry on.
            Activity.Current = null;
            return LlmTrace.Source.StartActivity(name, kind, ContextOf(Activity));
        }

        // Made current rather than given as a context: so Activity.Parent is set, by which spans find their transaction.
        Activity.Current = Activity;
        return LlmTrace.Source.StartActivity(name, kind);
    }

    private static ActivityContext ContextOf(Activity stopped) => stopped.Recorded
        ? stopped.Context
        : new(stopped.TraceId, stopped.SpanId, stopped.ActivityTraceFlags, stopped.TraceStateString, isRemote: true);
}
