using System.Diagnostics;
using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Leaves out of a transaction what is too much for Sentry, least important first, and says on its root how much.</summary>
/// <remarks>Everything is measured at most once: a transaction may have a thousand spans.</remarks>
internal sealed class TransactionTrimmer
{
    // https://develop.sentry.dev/sdk/data-model/envelope-items/#transaction
    private const int MostSpans = 1000;

    private readonly FinishedTransaction _transaction;
    private readonly FinishedSpan[] _spans;
    private readonly Dictionary<FinishedSpan, HashSet<string>> _withoutAttributes = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<FinishedSpan> _dropped = new(ReferenceEqualityComparer.Instance);
    private int _excess;
    private int _droppedContent;

    private TransactionTrimmer(FinishedTransaction transaction, int excess, Predicate<FinishedSpan> isInItem)
    {
        (_transaction, _excess) = (transaction, excess);
        _spans = [.. transaction.Spans.Where(span => isInItem(span))];
        if (isInItem(transaction.Root))
        {
            _spans = [transaction.Root, .. _spans];
        }
    }

    /// <summary>Leaves out the oldest spans of more than may be sent.</summary>
    public static FinishedTransaction LimitSpans(FinishedTransaction transaction)
    {
        if (transaction.Spans.Count <= MostSpans)
        {
            return transaction;
        }

        var trimmer = new TransactionTrimmer(transaction, 0, static _ => false);
        trimmer._dropped.UnionWith(transaction.Spans.OrderBy(static span => span.Start).Take(transaction.Spans.Count - MostSpans));
        return trimmer.Result();
    }

    /// <summary>
    /// Leaves out what users, models and tools said, the longest first; then the oldest spans; then the root's attributes.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="excess">How many bytes the item has too many.</param>
    /// <param name="isInItem">Which of its spans, the root among them, are in that item.</param>
    public static FinishedTransaction Trim(
        FinishedTransaction transaction, int excess, Predicate<FinishedSpan> isInItem)
    {
        if (excess <= 0)
        {
            return transaction;
        }

        var trimmer = new TransactionTrimmer(transaction, excess, isInItem);
        trimmer._droppedContent = trimmer.DropAttributes(trimmer._spans, ContentAttributes.Contains);
        trimmer.DropOldestSpans();
        trimmer.DropAttributes([.. trimmer._spans.Where(span => ReferenceEquals(span, transaction.Root))], static _ => true);
        return trimmer.Result();
    }

    private int DropAttributes(IEnumerable<FinishedSpan> spans, Func<string, bool> mayBeDropped)
    {
        if (_excess <= 0)
        {
            return 0;
        }

        var candidates = spans
            .SelectMany(static span => span.Attributes, static (span, attribute) => (span, attribute))
            .Where(pair => mayBeDropped(pair.attribute.Key))
            .Select(static pair => (pair.span, pair.attribute.Key, Bytes: BytesOf(pair.attribute)))
            .OrderByDescending(static candidate => candidate.Bytes);
        var dropped = 0;
        foreach (var (span, key, bytes) in candidates.TakeWhile(_ => _excess > 0))
        {
            if (!_withoutAttributes.TryGetValue(span, out var keys))
            {
                _withoutAttributes[span] = keys = [];
            }

            // A name that was set twice is written once.
            if (keys.Add(key))
            {
                _excess -= bytes;
                dropped++;
            }
        }

        return dropped;
    }

    private void DropOldestSpans()
    {
        foreach (var span in _spans.OrderBy(static span => span.Start))
        {
            if (_excess <= 0)
            {
                return;
            }

            if (!ReferenceEquals(span, _transaction.Root))
            {
                _excess -= BytesOf(WithoutAttributes(span));
                _dropped.Add(span);
            }
        }
    }

    private FinishedTransaction Result()
    {
        var parents = new Dictionary<ActivitySpanId, ActivitySpanId?>();
        foreach (var span in _dropped)
        {
            parents[span.SpanId] = span.ParentSpanId;
        }

        var kept = _transaction.Spans.Where(span => !_dropped.Contains(span))
            .Select(span => WithoutAttributes(span) with { ParentSpanId = KeptParentOf(span, parents) });
        var droppedSpans = _transaction.DroppedSpans + _dropped.Count;
        return _transaction with
        {
            Root = Marked(WithoutAttributes(_transaction.Root), droppedSpans),
            Spans = [.. kept],
            DroppedSpans = droppedSpans,
        };
    }

    private FinishedSpan Marked(FinishedSpan root, int droppedSpans)
    {
        // An item that was trimmed before has its mark already.
        var droppedContent = _droppedContent + (root[LlmTracingAttributes.DroppedContent] as int? ?? 0);
        List<KeyValuePair<string, object?>> attributes = [.. root.Attributes];
        if (droppedSpans > 0)
        {
            attributes.Add(new(LlmTracingAttributes.DroppedSpans, droppedSpans));
        }

        if (droppedContent > 0)
        {
            attributes.Add(new(LlmTracingAttributes.DroppedContent, droppedContent));
        }

        return root with { Attributes = attributes };
    }

    private FinishedSpan WithoutAttributes(FinishedSpan span) => _withoutAttributes.TryGetValue(span, out var keys)
        ? span with { Attributes = [.. span.Attributes.Where(attribute => !keys.Contains(attribute.Key))] }
        : span;

    private static ActivitySpanId? KeptParentOf(
        FinishedSpan span, Dictionary<ActivitySpanId, ActivitySpanId?> parents)
    {
        var parent = span.ParentSpanId;

        // No way is longer than there are spans: one that is would go round in a circle.
        for (var steps = 0; steps <= parents.Count && parent is { } id && parents.TryGetValue(id, out var above); steps++)
        {
            parent = above;
        }

        return parent;
    }

    // Never more than what is saved: without the comma, and in the second item without the type of each value.
    private static int BytesOf(KeyValuePair<string, object?> attribute) =>
        BytesOf(json => AttributeWriter.Write(json, [attribute])) - BytesOf(static json => AttributeWriter.Write(json, []));

    private int BytesOf(FinishedSpan span) =>
        EnvelopeItem.WriteJson(json => TransactionEventWriter.WriteSpan(json, _transaction, span)).WrittenCount;

    private static int BytesOf(Action<Utf8JsonWriter> write) => EnvelopeItem.WriteJson(json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }).WrittenCount;
}
