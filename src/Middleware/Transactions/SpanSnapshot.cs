using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies the Activities of one transaction into spans that no one can change any more.</summary>
internal sealed class SpanSnapshot(Activity root, List<Activity> spans, Func<Activity, bool> isCollected, DateTimeOffset now)
{
    // Most transactions have a few spans, of which each is found as fast without.
    private const int MostWithoutIndex = 16;

    private readonly HashSet<Activity>? _index = spans.Count > MostWithoutIndex ? [root, .. spans] : null;
    private readonly Activity _root = root;
    private readonly List<Activity> _spans = spans;
    private readonly Func<Activity, bool> _isCollected = isCollected;
    private readonly ErrorSnapshot _errors = new();

    /// <summary>Finds the parent that a span is sent with, among those that are sent.</summary>
    /// <param name="activity">The span.</param>
    /// <param name="sent">What tells which are sent.</param>
    /// <param name="isSent">Tells it of one.</param>
    public static ActivitySpanId? ParentOf<TSent>(Activity activity, TSent sent, Func<TSent, Activity, bool> isSent)
    {
        // A parent that is not sent, made by hand or begun before its request was adopted, would leave its child an orphan.
        while (activity.Parent is { } parent && !isSent(sent, parent))
        {
            activity = parent;
        }

        // That of the last one passed over may be in another service.
        return activity.ParentSpanId == default ? null : activity.ParentSpanId;
    }

    public FinishedTransaction Take()
    {
        var finished = new FinishedSpan[_spans.Count];
        for (var i = 0; i < finished.Length; i++)
        {
            finished[i] = Of(_spans[i]);
        }

        Array.Sort(finished, static (left, right) => left.Start.CompareTo(right.Start));
        return new FinishedTransaction(_root.TraceId, Of(_root), finished)
        {
            Baggage = [.. _root.Baggage],
            TraceBaggage = TraceBaggageOf(_root),
        };
    }

    public static IReadOnlyList<KeyValuePair<string, string?>> TraceBaggageOf(Activity root) =>
        SourceNames.TopOf(root).GetCustomProperty(FinishedTransaction.TraceBaggageProperty)
            as IReadOnlyList<KeyValuePair<string, string?>> ?? [];

    private FinishedSpan Of(Activity activity)
    {
        var start = new DateTimeOffset(activity.StartTimeUtc);
        var status = SpanStatus.Of(activity);
        return new FinishedSpan
        {
            SpanId = activity.SpanId,
            ParentSpanId = ParentOf(activity, this, ReferenceEquals(activity, _root) ? IsOfAnother : IsMember),
            Source = activity.Source.Name,
            Name = activity.DisplayName,
            Kind = activity.Kind,
            Start = start,
            End = activity.IsStopped ? start + activity.Duration : now,
            IsUnfinished = !activity.IsStopped,
            Status = status,
            Attributes = AttributesOf(activity),
            Links = LinkSnapshot.Of(activity),
            Error = status == ActivityStatusCode.Error ? _errors.Of(activity) : null,
        };
    }

    private static KeyValuePair<string, object?>[] AttributesOf(Activity activity)
    {
        var count = 0;
        foreach (ref readonly var _ in activity.EnumerateTagObjects())
        {
            count++;
        }

        var attributes = new KeyValuePair<string, object?>[count];
        var next = 0;
        foreach (ref readonly var attribute in activity.EnumerateTagObjects())
        {
            // Of a span that is still open: somebody may add to it meanwhile, or take from it.
            if (next < count)
            {
                attributes[next++] = attribute;
            }
        }

        return next == count ? attributes : attributes[..next];
    }

    private static bool IsOfAnother(SpanSnapshot snapshot, Activity span) => snapshot._isCollected(span);

    private static bool IsMember(SpanSnapshot snapshot, Activity span) =>
        snapshot._index?.Contains(span) ?? (ReferenceEquals(span, snapshot._root) || snapshot._spans.Contains(span));
}
