using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Reads what a span failed with.</summary>
internal static class SpanError
{
    // Activity.AddException keeps an exception as an event of this name:
    // https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/exceptions/exceptions-spans.md
    /// <summary>Gives an exception as text. One that cannot describe itself has its type alone.</summary>
    public static FinishedError Of(Exception exception)
    {
        var type = exception.GetType().FullName;
        try
        {
            return new FinishedError(type, exception.Message, exception.ToString());
        }
        catch (Exception fault)
        {
            return new FinishedError(type, $"Its description threw {fault.GetType().FullName}.", null);
        }
    }

    public static FinishedError? Of(Activity activity)
    {
        foreach (ref readonly var activityEvent in activity.EnumerateEvents())
        {
            if (activityEvent.Name == "exception")
            {
                return Of(activityEvent);
            }
        }

        return null;
    }

    private static FinishedError Of(ActivityEvent exception)
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
