using System.Diagnostics;
using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Middleware.Journal;

/// <summary>The spans of one open transaction, kept until it is handed on, those that have ended too.</summary>
/// <remarks>Spans without a stream of their own are only kept where there is a journal.</remarks>
internal sealed class TransactionEntries(SpanJournal? journal, TimeProvider time)
{
    private readonly Lock _lock = new();

    // Few, and never more than a transaction has spans: each is found as fast without an index.
    private readonly List<SpanEntry> _entries = [];
    private SpanPlace _root;
    private bool _isClosed;

    /// <summary>Begins with the root. It is in the journal as soon as it is written.</summary>
    /// <param name="root">The root.</param>
    /// <param name="isRequest">Whether it is a request.</param>
    /// <param name="resource">What the process says of itself.</param>
    /// <param name="isCollected">Tells which spans above it are sent, with transactions of their own.</param>
    public void Begin(
        Activity root,
        bool isRequest,
        IReadOnlyList<KeyValuePair<string, string?>> resource,
        Func<Activity, bool> isCollected)
    {
        long generation = 0;
        var slot = journal?.Rent(out generation);
        _root = new SpanPlace(slot?.Index ?? -1, root.SpanId);
        Add(new SpanEntry(root, time)
        {
            ParentSpanId = SpanSnapshot.ParentOf(root, isCollected, static (isCollected, span) => isCollected(span)),
            Root = _root,
            IsRequest = isRequest,
            Resource = resource,
            Slot = slot,
            Generation = generation,
        });
    }

    /// <summary>Adds a span beneath the root.</summary>
    public void Add(Activity span)
    {
        SpanEntry entry;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            // Without its root it would be recovered as a transaction of its own.
            long generation = 0;
            var slot = _root.Slot < 0 ? null : journal?.Rent(out generation);
            if (slot is null && !IsOurs(span))
            {
                return;
            }

            entry = new SpanEntry(span, time)
            {
                ParentSpanId = SpanSnapshot.ParentOf(span, this, static (entries, span) => entries.Find(span) is not null),
                Root = _root,
                Slot = slot,
                Generation = generation,
            };
            Add(entry);
        }

        // Before it has attributes: what the app computes for those may be what the process dies of.
        entry.OnChanged();
    }

    /// <summary>Writes a span as it is now.</summary>
    public void Write(Activity span)
    {
        SpanEntry? entry;
        lock (_lock)
        {
            entry = Find(span);
        }

        entry?.OnChanged();
    }

    /// <summary>Gives how far the streams have come, by their spans.</summary>
    public Dictionary<ActivitySpanId, StreamProgress?> Progress()
    {
        lock (_lock)
        {
            // An app can give two spans one id; that must not cost it all that was open.
            return _entries.DistinctBy(static entry => entry.Span.SpanId)
                .ToDictionary(static entry => entry.Span.SpanId, static entry => entry.Progress);
        }
    }

    /// <summary>Takes the transaction out of the journal, for it was handed on.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        // The root first: with it goes all that names it. And no slot is used again before none names it any more.
        if (_entries.Find(static entry => entry.IsRoot) is { } root)
        {
            root.Slot?.Clear(root.Generation);
        }

        foreach (var entry in _entries)
        {
            entry.Slot?.Clear(entry.Generation);
        }

        foreach (var entry in _entries)
        {
            if (entry.Slot is { } slot)
            {
                journal!.Return(slot);
            }
        }
    }

    private void Add(SpanEntry entry)
    {
        _entries.Add(entry);
        if (IsOurs(entry.Span))
        {
            LlmTrace.ObserveProgress(entry.Span, entry);
        }
    }

    // From the end: what ends next has mostly begun last.
    private SpanEntry? Find(Activity span)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_entries[i].Span, span))
            {
                return _entries[i];
            }
        }

        return null;
    }

    private static bool IsOurs(Activity span) => span.Source.Name == LlmTrace.SourceName;
}
