using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Leaves out of a transaction what is too much for Sentry, least important first, and says on its root how much.</summary>
/// <remarks>
/// Everything is measured at most once, as it is written: a transaction may have a thousand spans. What is saved is never less
/// than was measured, and may be more, by a comma for example.
/// </remarks>
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
    private bool _dropsLinksOfRoot;

    private TransactionTrimmer(
        FinishedTransaction transaction, int excess, bool isRootInItem, Predicate<FinishedSpan> isInItem)
    {
        (_transaction, _excess) = (transaction, excess);
        _spans = [.. transaction.Spans.Where(span => isInItem(span))];
        if (isRootInItem)
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

        var trimmer = new TransactionTrimmer(transaction, 0, isRootInItem: false, static _ => false);
        trimmer._dropped.UnionWith(transaction.Spans.OrderBy(static span => span.Start).Take(transaction.Spans.Count - MostSpans));
        return trimmer.Result();
    }

    /// <summary>
    /// Leaves out what users, models and tools said, the longest first; then the oldest spans; then the root's attributes, and
    /// at last its links.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="excess">How many bytes the item has too many.</param>
    /// <param name="isRootInItem">Whether the root is in that item.</param>
    /// <param name="isInItem">Which of its spans are.</param>
    /// <returns>The same where nothing is left that could be left out.</returns>
    public static FinishedTransaction Trim(
        FinishedTransaction transaction, int excess, bool isRootInItem, Predicate<FinishedSpan> isInItem)
    {
        if (excess <= 0)
        {
            return transaction;
        }

        var trimmer = new TransactionTrimmer(transaction, excess, isRootInItem, isInItem);
        trimmer._droppedContent = trimmer.DropAttributes(trimmer._spans, GenAiAttributes.IsContent);
        trimmer.DropOldestSpans();
        trimmer.DropAttributes([.. trimmer._spans.Where(span => ReferenceEquals(span, transaction.Root))], static name => !IsMark(name));
        trimmer._dropsLinksOfRoot = isRootInItem && trimmer._excess > 0 && transaction.Root.Links.Count > 0;
        return trimmer.HasDropped ? trimmer.Result() : transaction;
    }

    private bool HasDropped => _dropsLinksOfRoot || _dropped.Count + _withoutAttributes.Count > 0;

    private int DropAttributes(IEnumerable<FinishedSpan> spans, Func<string, bool> mayBeDropped)
    {
        if (_excess <= 0)
        {
            return 0;
        }

        var candidates = spans
            .SelectMany(span => GroupsOf(span, mayBeDropped), static (span, group) => (span, group.Name, group.Bytes))
            .OrderByDescending(static candidate => candidate.Bytes);
        var dropped = 0;
        foreach (var (span, name, bytes) in candidates.TakeWhile(_ => _excess > 0))
        {
            if (!_withoutAttributes.TryGetValue(span, out var names))
            {
                _withoutAttributes[span] = names = [];
            }

            names.Add(name);
            _excess -= bytes;
            dropped++;
        }

        return dropped;
    }

    // What goes together: left out alone, an attribute's older name would be written again, with the value of the newer.
    private static IEnumerable<(string Name, int Bytes)> GroupsOf(FinishedSpan span, Func<string, bool> mayBeDropped) =>
        SentryAttributes.Of(span.Attributes)
            .GroupBy(static written => SentryAttributes.GroupOf(written.Key))
            .Where(group => mayBeDropped(group.Key))
            .Select(static group => (group.Key, group.Sum(BytesOf)));

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
        var kept = _transaction.Spans.Where(span => !_dropped.Contains(span)).ToList();
        var droppedSpans = _transaction.DroppedSpans + _dropped.Count;
        return _transaction with
        {
            Root = Marked(WithoutAttributes(_transaction.Root), droppedSpans),
            Spans = new KeptParents(_transaction.Root, kept, _dropped).Of(kept.Select(WithoutAttributes)),
            DroppedSpans = droppedSpans,
        };
    }

    private FinishedSpan Marked(FinishedSpan root, int droppedSpans)
    {
        // An item that was trimmed before has its mark already.
        var droppedContent = _droppedContent + (root[LlmTracingAttributes.DroppedContent] as int? ?? 0);
        List<KeyValuePair<string, object?>> attributes = [.. root.Attributes.Where(static attribute => !IsMark(attribute.Key))];
        if (droppedSpans > 0)
        {
            attributes.Add(new(LlmTracingAttributes.DroppedSpans, droppedSpans));
        }

        if (droppedContent > 0)
        {
            attributes.Add(new(LlmTracingAttributes.DroppedContent, droppedContent));
        }

        return root with { Attributes = attributes, Links = _dropsLinksOfRoot ? [] : root.Links };
    }

    private static bool IsMark(string name) =>
        name is LlmTracingAttributes.DroppedSpans or LlmTracingAttributes.DroppedContent;

    private FinishedSpan WithoutAttributes(FinishedSpan span) => _withoutAttributes.TryGetValue(span, out var keys)
        ? span with { Attributes = [.. span.Attributes.Where(attribute => !keys.Contains(SentryAttributes.GroupOf(attribute.Key)))] }
        : span;

    // Without the comma, and in the second item without the type of the value.
    private static int BytesOf(KeyValuePair<string, object> written) => BytesOf(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName(written.Key);
        SentryValue.Write(json, written.Value);
        json.WriteEndObject();
    }) - 2;

    private static int BytesOf(Action<Utf8JsonWriter> write)
    {
        using var buffer = JsonBuffer.Rent();
        return buffer.Write(write).Length;
    }

    private int BytesOf(FinishedSpan span) => BytesOf(json => TransactionEventWriter.WriteSpan(json, _transaction, span));
}
