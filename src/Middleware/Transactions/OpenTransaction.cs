using System.Diagnostics;
using LlmTracing.Middleware.Journal;
using LlmTracing.Middleware.Termination;
using LlmTracing.Middleware.TraceView;

namespace LlmTracing.Middleware.Transactions;

/// <summary>A transaction that is still being made: the spans of one local root, from its start to the last end.</summary>
internal sealed class OpenTransaction(
    Activity root, bool isRequest, TransactionCollector collector, TransactionEntries entries)
{
    // Sentry takes no more in one transaction; and a request that never ends must not keep spans for ever.
    // https://develop.sentry.dev/sdk/data-model/envelope-items/#transaction
    private const int MostSpans = 1000;

    private readonly Lock _lock = new();
    private readonly List<Activity> _spans = [];

    // Not a count: spans that began before the root was adopted end beneath it too, and are none of these; and a span that two
    // threads stop at once is told of twice. Few, so that each is found as fast without an index.
    private readonly List<Activity> _open = [root];
    private int _dropped;
    private int _ended;
    private int _summed = -1;
    private bool _handedOn;
    private ITimer? _childLimit;

    public Activity Root => root;

    /// <summary>Takes a span that has started beneath the root; it is too late for that once it was handed on.</summary>
    public bool TryAdd(Activity span)
    {
        lock (_lock)
        {
            if (_handedOn)
            {
                return false;
            }

            if (_spans.Count == MostSpans)
            {
                _dropped++;
                return true;
            }

            _spans.Add(span);
            _open.Add(span);
        }

        entries.Add(span);
        return true;
    }

    /// <summary>Notes that a span has ended. With the last one the transaction is handed on.</summary>
    public void OnStopped(Activity span)
    {
        bool isLast;
        lock (_lock)
        {
            if (_handedOn || !_open.Remove(span))
            {
                return;
            }

            _ended += ReferenceEquals(span, root) ? 0 : 1;
            if (_open.Count > 0 && root.IsStopped)
            {
                // A child may outlive its request, but not keep it from being reported.
                _childLimit ??= collector.StartChildLimit(this);
            }

            isLast = _handedOn = _open.Count == 0;
        }

        if (isLast)
        {
            HandOn();
        }
        else
        {
            entries.Write(span);
        }
    }

    /// <summary>Writes the root to the journal, with the attributes that it has by now.</summary>
    public void KeepRoot() => entries.Write(root);

    /// <summary>Hands the transaction on as it is, its open spans as unfinished.</summary>
    public void GiveUpWaiting()
    {
        if (TryTake())
        {
            HandOn();
        }
    }

    /// <summary>Ends the transaction where it stands, as its process does. It stays in the journal.</summary>
    /// <param name="cause">The exception that terminates the process, if one does.</param>
    /// <returns>What is to be handed on; null where it was already.</returns>
    public FinishedTransaction? Terminate(FinishedError? cause)
    {
        if (!TryTake())
        {
            return null;
        }

        _childLimit?.Dispose();
        return TerminatedTransaction.Close(Snapshot(_spans), entries.Progress().GetValueOrDefault, cause);
    }

    /// <summary>Copies the transaction as it stands, for whoever looks on. It goes on.</summary>
    /// <returns>Null where it was handed on.</returns>
    public FinishedTransaction? Peek()
    {
        List<Activity> spans;
        lock (_lock)
        {
            if (_handedOn)
            {
                return null;
            }

            spans = [.. _spans];
        }

        return RunningTransaction.Of(Snapshot(spans), entries.Progress().GetValueOrDefault);
    }

    /// <summary>Leaves the transaction out, as if its root were not sampled.</summary>
    public void Discard()
    {
        if (TryTake())
        {
            _childLimit?.Dispose();
            collector.Forget(this);
            entries.Close();
        }
    }

    /// <summary>Takes the transaction out of the journal, for sinks have it.</summary>
    public void Forget() => entries.Close();

    /// <summary>Gives what the calls that have ended used.</summary>
    public UsageTotals Totals()
    {
        lock (_lock)
        {
            return UsageTotals.Of(_spans);
        }
    }

    /// <summary>Writes that to the root, unless it stands there.</summary>
    public void WriteTotals()
    {
        UsageTotals totals;
        lock (_lock)
        {
            if (_summed == _ended)
            {
                return;
            }

            _summed = _ended;
            totals = UsageTotals.Of(_spans);
        }

        totals.WriteTo(root);
    }

    private bool TryTake()
    {
        lock (_lock)
        {
            return !_handedOn && (_handedOn = true);
        }
    }

    // Outside the lock: nothing is added any more, and a sink may take its time.
    private void HandOn()
    {
        _childLimit?.Dispose();
        WriteTotals();
        if (_dropped > 0)
        {
            root.SetTag(LlmTracingAttributes.DroppedSpans, _dropped);
        }

        collector.HandOn(this, Snapshot(_spans));
        entries.Close();
    }

    private FinishedTransaction Snapshot(List<Activity> spans) => new SpanSnapshot(root, spans, collector.Collects, collector.Now).Take() with
    {
        IsRequest = isRequest,
        Resource = collector.Resource,
        DroppedSpans = _dropped,
        SampleRate = collector.SampleRateOf(root),
    };
}
