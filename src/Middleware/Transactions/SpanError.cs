using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Reads what a span failed with.</summary>
internal static class SpanError
{
    // Activity.AddException keeps an exception as an event of these names:
    // https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/exceptions/exceptions-spans.md
    private const string EventName = "exception";
    private const string TypeName = "exception.type";
    private const string MessageName = "exception.message";
    private const string StackTraceName = "exception.stacktrace";

    /// <summary>Gives an exception as text. An app's own may fail to describe itself, which is said instead.</summary>
    public static FinishedError Of(Exception exception) => new(
        exception.GetType().FullName,
        TextOf(exception, static exception => exception.Message),
        TextOf(exception, static exception => exception.ToString()));

    /// <summary>Gives the tags of the event, so that nobody asks the exception for them again.</summary>
    public static TagList TagsOf(FinishedError error) =>
        new([new(TypeName, error.Type), new(MessageName, error.Message), new(StackTraceName, error.StackTrace)]);

    public static FinishedError? Of(Activity activity)
    {
        foreach (ref readonly var activityEvent in activity.EnumerateEvents())
        {
            if (activityEvent.Name == EventName)
            {
                return Of(activityEvent);
            }
        }

        return null;
    }

    private static string TextOf(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception) ?? "";
        }
        catch (Exception fault)
        {
            return $"[It could not be read: {fault.GetType()}]";
        }
    }

    private static FinishedError Of(ActivityEvent exception)
    {
        string? type = null, message = null, stackTrace = null;
        foreach (ref readonly var tag in exception.EnumerateTagObjects())
        {
            switch (tag.Key)
            {
                case TypeName:
                    type = tag.Value as string;
                    break;
                case MessageName:
                    message = tag.Value as string;
                    break;
                case StackTraceName:
                    stackTrace = tag.Value as string;
                    break;
            }
        }

        return new FinishedError(type, message, stackTrace);
    }
}
