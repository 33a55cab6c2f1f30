using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies an exception and its causes.</summary>
internal static class ExceptionSnapshot
{
    // More causes than these say no more, and an AggregateException may have thousands.
    private const int MostExceptions = 10;

    // Relay keeps no more: https://github.com/getsentry/relay/blob/26.4.2/relay-event-normalization/src/stacktrace.rs
    private const int MostFrames = 250;

    private static readonly ConditionalWeakTable<Exception, Identity> Identities = [];

    public static IReadOnlyList<FinishedFault> Of(Exception thrown)
    {
        var copies = new List<FinishedFault>();
        Add(copies, thrown, causeOf: null);
        return copies;
    }

    private static void Add(List<FinishedFault> copies, Exception exception, int? causeOf)
    {
        if (copies.Count == MostExceptions)
        {
            return;
        }

        var index = copies.Count;
        copies.Add(Copy(exception) with { CauseOf = causeOf });
        IEnumerable<Exception> causes = exception switch
        {
            AggregateException aggregate => aggregate.InnerExceptions,
            { InnerException: { } inner } => [inner],
            _ => [],
        };
        foreach (var cause in causes)
        {
            Add(copies, cause, index);
        }
    }

    private static FinishedFault Copy(Exception exception)
    {
        var type = exception.GetType();
        return new FinishedFault(
            Identities.GetValue(exception, static _ => new Identity(Guid.NewGuid())).Id,
            type.FullName ?? type.Name,
            MessageOf(exception))
        {
            Assembly = type.Assembly.GetName().Name,
            Frames = FramesOf(exception),
        };
    }

    private static IReadOnlyList<FinishedFrame> FramesOf(Exception exception)
    {
        var frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        return [.. frames.Select(FrameSnapshot.Of).OfType<FinishedFrame>().Take(MostFrames)];
    }

    // An app's own exception may fail to say what it is.
    private static string MessageOf(Exception exception)
    {
        try
        {
            // As it is typed it is never null; but it can be overridden by code that knows no nullable types.
            return exception.Message ?? "";
        }
        catch (Exception fault)
        {
            return $"[Its message could not be read: {fault.GetType()}]";
        }
    }

    private sealed record Identity(Guid Id);
}
