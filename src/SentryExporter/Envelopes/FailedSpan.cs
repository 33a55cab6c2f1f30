namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>A span and what it failed with: one error event.</summary>
/// <param name="Span">Where the exception was noticed first.</param>
/// <param name="Error">The exception.</param>
internal sealed record FailedSpan(FinishedSpan Span, FinishedError Error)
{
    /// <summary>Gives the failures of a transaction, each exception once although every span that it passes has it.</summary>
    public static IReadOnlyList<FailedSpan> Of(FinishedTransaction transaction)
    {
        // From the inside out: a span starts after those that it is beneath, and fails before them.
        var failed = new List<FailedSpan>();
        foreach (var span in transaction.Spans.Reverse().Append(transaction.Root))
        {
            if (IsReported(span, transaction.Root) && !failed.Exists(other => other.IsOf(span.Error!)))
            {
                failed.Add(new(span, span.Error!));
            }
        }

        // A cause that was noticed for itself is part of the event of what it has caused.
        failed.RemoveAll(inner => failed.Exists(outer => IsCause(inner.Error, outer.Error)));
        return failed;
    }

    /// <summary>Tells whether it is the same exception, noticed by another span.</summary>
    public bool IsOf(FinishedError other) => Error.Exceptions is [var one, ..] && other.Exceptions is [var two, ..]
        ? one.Id == two.Id
        : Error == other;

    // A call of HttpClient that failed may have been tried again: it is the work above it that fails by it, or does not.
    private static bool IsReported(FinishedSpan span, FinishedSpan root) =>
        span.Error is not null
        && (ReferenceEquals(span, root) || span.Source == LlmTrace.SourceName
            || span[GenAiAttributes.OperationName] is not null)
        && span.Outcome is not (StreamOutcome.ClientDisconnected or StreamOutcome.Abandoned or StreamOutcome.WriteTimedOut);

    private static bool IsCause(FinishedError inner, FinishedError outer) =>
        inner.Exceptions is [var cause, ..] && outer.Exceptions.Skip(1).Any(exception => exception.Id == cause.Id);
}
