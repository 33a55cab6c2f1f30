using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies the Activities of one transaction into spans that no one can change any more.</summary>
internal sealed class SpanSnapshot(Activity root, List<Activity> spans, Func<Activity, bool> isCollected, DateTimeOffset now)
{
    private readonly HashSet<Activity> _members = [root, .. spans];
    private readonly ErrorSnapshot _errors = new();

    /// <summary>Finds the parent that a span is sent with, among those that are sent.</summary>
    public static ActivitySpanId? ParentOf(Activity activity, Func<Activity, bool> isSent)
    {
        // A parent that is not sent, made by hand or begun before its request was adopted, would leave its child an orphan.
        while (activity.Parent is { } parent && !isSent(parent))
        {
            activity = parent;
        }

        // That of the last one passed over may be in another service.
        return activity.ParentSpanId == default ? null : activity.ParentSpanId;
    }

    public FinishedTransaction Take()
    {
        var finished = new FinishedSpan[spans.Count];
        for (var i = 0; i < finished.Length; i++)
        {
            finished[i] = Of(spans[i]);
        }

        Array.Sort(finished, static (left, right) => left.Start.CompareTo(right.Start));
        return new FinishedTransaction(root.TraceId, Of(root), finished)
        {
            Baggage = [.. root.Baggage],
            TraceBaggage = TraceBaggageOf(root),
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
            ParentSpanId = ParentOf(activity, ReferenceEquals(activity, root) ? isCollected : _members.Contains),
            Source = activity.Source.Name,
            Name = activity.DisplayName,
            Kind = activity.Kind,
            Start = start,
            End = activity.IsStopped ? start + activity.Duration : now,
            IsUnfinished = !activity.IsStopped,
            Status = status,
            Attributes = [.. activity.TagObjects],
            Links = LinkSnapshot.Of(activity),
            Error = status == ActivityStatusCode.Error ? _errors.Of(activity) : null,
        };
    }
}
