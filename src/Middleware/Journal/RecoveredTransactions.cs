using System.Diagnostics;
using LlmTracing.Middleware.Termination;

namespace LlmTracing.Middleware.Journal;

/// <summary>Makes transactions again of the spans in a journal.</summary>
internal static class RecoveredTransactions
{
    /// <summary>Gives each transaction, its open spans ended where the process last gave a sign of life.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="onFault">Told of each transaction that could not be made. It costs no other.</param>
    public static IReadOnlyList<FinishedTransaction> Of(JournalContents journal, Action<Exception>? onFault = null)
    {
        // The process has but one, which is in the record of each root that has room for it.
        var resource = journal.Records.Select(static record => record.Resource).FirstOrDefault(static one => one.Count > 0) ?? [];
        var made = new List<FinishedTransaction>();
        foreach (var transaction in journal.Records.GroupBy(static record => record.Root))
        {
            try
            {
                made.AddRange(Make([.. transaction.DistinctBy(static record => record.Span.SpanId)])
                    .ConvertAll(one => one with { Resource = resource }));
            }
            catch (Exception exception)
            {
                onFault?.Invoke(exception);
            }
        }

        return made;
    }

    private static List<FinishedTransaction> Make(List<SpanRecord> transaction)
    {
        if (transaction.Find(static record => record.IsRoot) is { } root)
        {
            return [Make(root, transaction.Where(record => record != root), adopts: true)];
        }

        // The root's record is corrupt. What is left of its tree are several: each with a top of its own.
        return [.. TopsOf(transaction).Select(static top => Make(top.Top, top.Beneath, adopts: false))];
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
