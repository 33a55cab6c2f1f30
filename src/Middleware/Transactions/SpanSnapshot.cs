using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies Activities into spans that no one can change any more.</summary>
internal static class SpanSnapshot
{
    public static FinishedTransaction Of(Activity root, List<Activity> spans, int dropped, DateTimeOffset now)
    {
        var finished = new FinishedSpan[spans.Count];
        for (var i = 0; i < finished.Length; i++)
        {
            finished[i] = Of(spans[i], now);
        }

        Array.Sort(finished, static (left, right) => left.Start.CompareTo(right.Start));
        return new FinishedTransaction(root.TraceId, Of(root, now), finished) { DroppedSpans = dropped };
    }

    private static FinishedSpan Of(Activity activity, DateTimeOffset now)
    {
        var start = new DateTimeOffset(activity.StartTimeUtc);
        return new FinishedSpan
        {
            SpanId = activity.SpanId,
            ParentSpanId = activity.ParentSpanId == default ? null : activity.ParentSpanId,
            Source = activity.Source.Name,
            Name = activity.DisplayName,
            Kind = activity.Kind,
            Start = start,
            End = activity.IsStopped ? start + activity.Duration : now,
            IsUnfinished = !activity.IsStopped,
            Status = activity.Status,
            Attributes = [.. activity.TagObjects],
            Error = activity.Status == ActivityStatusCode.Error ? ErrorOf(activity) : null,
        };
    }

    // Activity.AddException keeps an exception as an event of this name:
    // https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/exceptions/exceptions-spans.md
    private static FinishedError? ErrorOf(Activity activity)
    {
        foreach (ref readonly var activityEvent in activity.EnumerateEvents())
        {
            if (activityEvent.Name == "exception")
            {
                return ErrorOf(activityEvent);
            }
        }

        return null;
    }

    private static FinishedError ErrorOf(ActivityEvent exception)
    {
        string? type = null, message = null, stackTrace = null;
        foreach (ref readonly var tag in exception.EnumerateTagObjects())
        {
            switch (tag.Key)
            {
                case "exception.type":
                    type = tag.Value as string;
                    break;
                case "exception.message":
                    message = tag.Value as string;
                    break;
                case "exception.stacktrace":
                    stackTrace = tag.Value as string;
                    break;
            }
        }

        return new FinishedError(type, message, stackTrace);
    }
}
