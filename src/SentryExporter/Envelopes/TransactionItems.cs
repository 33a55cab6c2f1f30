using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes the items of a transaction's envelope, none larger than Sentry takes it.</summary>
internal sealed class TransactionItems(SentryExporterOptions options, EventFieldsWriter fields)
{
    // For what is said on the root of what was left out.
    private const int MarkBytes = 256;

    private readonly TransactionEventWriter _event = new(fields);
    private readonly SpanItemWriter _spans = new(fields);

    /// <summary>Writes the items, and tells how many spans they have, the root included.</summary>
    public (IReadOnlyList<EnvelopeItem> Items, int Spans) Write(JsonBuffer buffer, string eventId, FinishedTransaction transaction)
    {
        transaction = TransactionTrimmer.LimitSpans(transaction);
        var items = WriteAll(buffer, eventId, transaction);
        while (items.Exists(static item => item.Excess > 0))
        {
            // Spans of the second item may be children of the first's: what is left out of one changes both, and what is said
            // of it on the root may be what makes the first too large.
            var trimmed = TransactionTrimmer.Trim(transaction, ExcessOf(items, 1), isRootInItem: false, IsInSpanItem);
            trimmed = TransactionTrimmer.Trim(trimmed, ExcessOf(items, 0), isRootInItem: true, span => !IsInSpanItem(span));
            if (ReferenceEquals(trimmed, transaction))
            {
                break;
            }

            transaction = trimmed;
            items = WriteAll(buffer, eventId, transaction);
        }

        return (items, transaction.Spans.Count + 1);
    }

    private static int ExcessOf(List<EnvelopeItem> items, int index) =>
        index < items.Count && items[index].Excess is > 0 and var excess ? excess + MarkBytes : 0;

    private List<EnvelopeItem> WriteAll(JsonBuffer buffer, string eventId, FinishedTransaction transaction)
    {
        FinishedSpan[] moved = options.GenAiSpanItems ? [.. transaction.Spans.Where(IsInSpanItem)] : [];
        var rest = moved.Length == 0
            ? transaction
            : transaction with { Spans = [.. transaction.Spans.Where(span => !IsInSpanItem(span))] };
        var @event = buffer.Write(json => _event.Write(json, eventId, rest));
        List<EnvelopeItem> items = [new(Envelope.Transaction, @event)];
        if (moved.Length > 0)
        {
            var spans = buffer.Write(json => _spans.Write(json, transaction, moved));
            items.Add(new("span", spans) { Spans = moved.Length });
        }

        return items;
    }

    private bool IsInSpanItem(FinishedSpan span) =>
        options.GenAiSpanItems && SentryOp.Of(span).StartsWith("gen_ai.", StringComparison.Ordinal);
}
