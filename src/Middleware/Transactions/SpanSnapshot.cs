using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies the Activities of one transaction into spans that no one can change any more.</summary>
internal sealed class SpanSnapshot(Activity root, List<Activity> spans, Func<Activity, bool> isCollected, DateTimeOffset now)
{
    private readonly HashSet<Activity> _members = [root, .. spans];
    private readonly ErrorSnapshot _errors = new();

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

    private static IReadOnlyList<KeyValuePair<string, string?>> TraceBaggageOf(Activity root) =>
        SourceNames.TopOf(root).GetCustomProperty(FinishedTransaction.TraceBaggageProperty)
            as IReadOnlyList<KeyValuePair<string, string?>> ?? [];

    private FinishedSpan Of(Activity activity)
    {
        var start = new DateTimeOffset(activity.StartTimeUtc);
        var status = StatusOf(activity);
        return new FinishedSpan
        {
            SpanId = activity.SpanId,
            ParentSpanId = ParentOf(activity),
            Source = activity.Source.Name,
            Name = activity.DisplayName,
            Kind = activity.Kind,
            Start = start,
            End = activity.IsStopped ? start + activity.Duration : now,
            IsUnfinished = !activity.IsStopped,
            Status = status,
            Attributes = [.. activity.TagObjects],
            Error = status == ActivityStatusCode.Error ? _errors.Of(activity) : null,
        };
    }

    // A parent that is not sent, made by hand or begun before its request was adopted, would leave its child an orphan.
    private ActivitySpanId? ParentOf(Activity activity)
    {
        var isRoot = ReferenceEquals(activity, root);
        while (activity.Parent is { } parent && !(isRoot ? isCollected(parent) : _members.Contains(parent)))
        {
            activity = parent;
        }

        // That of the last one passed over may be in another service.
        return activity.ParentSpanId == default ? null : activity.ParentSpanId;
    }

    // Libraries that are older than Activity.Status, Npgsql up to version 9 for one, say it by this attribute:
    // https://github.com/open-telemetry/opentelemetry-specification/blob/v1.20.0/specification/trace/sdk_exporters/non-otlp.md
    private static ActivityStatusCode StatusOf(Activity activity) =>
        activity.Status == ActivityStatusCode.Unset && activity.GetTagItem("otel.status_code") is "ERROR"
            ? ActivityStatusCode.Error
            : activity.Status;
}
