using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Middleware.TraceView;

/// <summary>The last transactions of the app, in memory, for whoever looks on while it is developed.</summary>
internal sealed class RecentTransactions(TransactionCollector collector, TransactionSinks sinks)
{
    // As many as one can look through, and no more than some megabytes.
    private const int Most = 100;
    private const int MostSpans = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<FinishedTransaction> _finished = new(Most);
    private long _count;
    private int _spans;
    private bool _isKept;

    /// <summary>Begins to keep them. Before, they cost nothing.</summary>
    public void Keep()
    {
        lock (_lock)
        {
            if (!_isKept)
            {
                _isKept = true;
                sinks.Accepting += Add;
            }
        }
    }

    /// <summary>Gives those that have not ended, as they stand, the oldest first.</summary>
    public IReadOnlyList<FinishedTransaction> Open() =>
        [.. collector.Open.Select(static open => open.Peek()).OfType<FinishedTransaction>().OrderBy(static one => one.Root.Start)];

    /// <summary>Gives those that have ended, in the order of their ends.</summary>
    /// <param name="seen">How many had by the last look; then, how many have by this one.</param>
    /// <returns>The new ones, and no more than are kept.</returns>
    public IReadOnlyList<FinishedTransaction> EndedSince(ref long seen)
    {
        lock (_lock)
        {
            var known = Math.Max(0, _finished.Count - (_count - seen));
            seen = _count;
            return [.. _finished.Skip((int)known)];
        }
    }

    private void Add(FinishedTransaction transaction)
    {
        lock (_lock)
        {
            _finished.Enqueue(transaction);
            _spans += transaction.Spans.Count;
            while (_finished.Count > Most || _spans > MostSpans)
            {
                _spans -= _finished.Dequeue().Spans.Count;
            }

            _count++;
        }
    }
}
