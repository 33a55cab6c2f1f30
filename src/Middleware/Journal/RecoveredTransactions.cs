using System.Diagnostics;
using LlmTracing.Middleware.Termination;

namespace LlmTracing.Middleware.Journal;

/// <summary>Makes transactions again of the spans in a journal.</summary>
internal static class RecoveredTransactions
{
    /// <summary>Gives each transaction, its open spans ended where the process last gave a sign of life.</summary>
    public static IEnumerable<FinishedTransaction> Of(JournalContents journal)
    {
        var spans = journal.Records.GroupBy(static record => record.Root).ToList();
        foreach (var transaction in spans)
        {
            if (transaction.FirstOrDefault(static record => record.IsRoot) is { } root)
            {
                yield return Make(root, transaction.Where(record => record != root), adopts: true);
                continue;
            }

            // The root's record is corrupt. What is left of its tree are several: each with a top of its own.
            foreach (var top in TopsOf(transaction.ToList()))
            {
                yield return Make(top.Top, top.Beneath, adopts: false);
            }
        }
    }

    private static FinishedTransaction Make(SpanRecord root, IEnumerable<SpanRecord> beneath, bool adopts)
    {
        var records = beneath.OrderBy(static record => record.Span.Start).ToList();
        var progress = new Dictionary<ActivitySpanId, StreamProgress?> { [root.Span.SpanId] = root.Progress };
        records.ForEach(record => progress[record.Span.SpanId] = record.Progress);
        var spans = records.ConvertAll(record =>
            adopts && !IsAmong(progress, record.Span.ParentSpanId)
                ? record.Span with { ParentSpanId = root.Span.SpanId }
                : record.Span);
        var transaction = new FinishedTransaction(root.TraceId, root.Span, spans)
        {
            IsRequest = root.IsRequest,
            TraceBaggage = root.TraceBaggage,
        };
        return TerminatedTransaction.Close(transaction, id => progress.GetValueOrDefault(id));
    }

    private static bool IsAmong(Dictionary<ActivitySpanId, StreamProgress?> spans, ActivitySpanId? id) =>
        id is { } known && spans.ContainsKey(known);

    private static IEnumerable<(SpanRecord Top, List<SpanRecord> Beneath)> TopsOf(List<SpanRecord> records)
    {
        var byId = new Dictionary<ActivitySpanId, SpanRecord>();
        records.ForEach(record => byId.TryAdd(record.Span.SpanId, record));
        return byId.Values.GroupBy(record => TopOf(record, byId))
            .Select(static tree => (tree.Key, tree.Where(record => record != tree.Key).ToList()));
    }

    private static SpanRecord TopOf(SpanRecord record, Dictionary<ActivitySpanId, SpanRecord> byId)
    {
        // No longer than there are records: a file that is not ours may go round in a circle.
        for (var i = 0; i < byId.Count; i++)
        {
            if (record.Span.ParentSpanId is not { } parent || !byId.TryGetValue(parent, out var above))
            {
                break;
            }

            record = above;
        }

        return record;
    }
}
