using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies what the spans of one transaction failed with, each exception once.</summary>
internal sealed class ErrorSnapshot
{
    private Dictionary<Exception, IReadOnlyList<FinishedFault>>? _copied;

    public FinishedError? Of(Activity span)
    {
        var text = SpanError.Of(span);
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
}
