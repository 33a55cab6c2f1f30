using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies what the spans of one transaction failed with, each exception once.</summary>
internal sealed class ErrorSnapshot
{
    private Dictionary<Exception, IReadOnlyList<FinishedFault>>? _copied;

    public FinishedError? Of(Activity span)
    {
        var text = TextOf(span);
        if (SpanException.Of(span) is not { } exception)
        {
            return text;
        }

        _copied ??= new(ReferenceEqualityComparer.Instance);
        if (!_copied.TryGetValue(exception, out var exceptions))
        {
            _copied[exception] = exceptions = ExceptionSnapshot.Of(exception);
        }

        return (text ?? new(exceptions[0].Type, exceptions[0].Message, null)) with { Exceptions = exceptions };
    }

    // Activity.AddException keeps an exception as an event of this name:
    // https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/exceptions/exceptions-spans.md
    private static FinishedError? TextOf(Activity span)
    {
        foreach (ref readonly var activityEvent in span.EnumerateEvents())
        {
            if (activityEvent.Name == "exception")
            {
                return TextOf(activityEvent);
            }
        }

        return null;
    }

    private static FinishedError TextOf(ActivityEvent exception)
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
