using System.Diagnostics.CodeAnalysis;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>What waits in memory to be sent, oldest first, bounded by its bytes and its count.</summary>
internal sealed class DeliveryQueue(long maxBytes, TimeProvider time)
{
    // However small they are: what a process can send within the time that it is given when it stops.
    private const int MostItems = 100_000;

    private readonly Lock _lock = new();
    private readonly LinkedList<QueuedItem> _items = [];
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _items.Count;
            }
        }
    }

    /// <summary>Gets a value indicating whether it is time to move some of it to disk, before there is no room.</summary>
    public bool IsHalfFull
    {
        get
        {
            lock (_lock)
            {
                return _bytes > maxBytes / 2 || _items.Count > MostItems / 2;
            }
        }
    }

    /// <summary>Tells whether the oldest of it has waited for longer than a time.</summary>
    public bool HasWaited(TimeSpan limit)
    {
        lock (_lock)
        {
            return _items.First is { Value: { Transaction: not null, Since: var since } } && time.GetElapsedTime(since) >= limit;
        }
    }

    /// <summary>Adds what has come last.</summary>
    /// <param name="item">The item.</param>
    /// <param name="dropped">What was given up for it, the oldest first.</param>
    public void Add(QueuedItem item, out IReadOnlyList<QueuedItem> dropped)
    {
        lock (_lock)
        {
            _items.AddLast(item);
            _bytes += item.Bytes;
            dropped = (IReadOnlyList<QueuedItem>?)DropOldest() ?? [];
        }
    }

    /// <summary>Puts back what was taken and could not be sent: it is the oldest again.</summary>
    /// <inheritdoc cref="Add"/>
    public void PutBack(QueuedItem item, out IReadOnlyList<QueuedItem> dropped)
    {
        lock (_lock)
        {
            _items.AddFirst(item);
            _bytes += item.Bytes;
            dropped = (IReadOnlyList<QueuedItem>?)DropOldest() ?? [];
        }
    }

    public bool TryTakeOldest(out QueuedItem item)
    {
        lock (_lock)
        {
            return TryTake(_items.First, out item);
        }
    }

    public bool TryTakeNewest(out QueuedItem item)
    {
        lock (_lock)
        {
            return TryTake(_items.Last, out item);
        }
    }

    // One is kept, however large it is.
    private List<QueuedItem>? DropOldest()
    {
        List<QueuedItem>? dropped = null;
        while ((_bytes > maxBytes || _items.Count > MostItems) && _items.Count > 1)
        {
            TryTake(_items.First, out var oldest);
            (dropped ??= []).Add(oldest);
        }

        return dropped;
    }

    private bool TryTake([NotNullWhen(true)] LinkedListNode<QueuedItem>? node, out QueuedItem item)
    {
        item = node?.Value ?? default;
        if (node is null)
        {
            return false;
        }

        _items.Remove(node);
        _bytes -= item.Bytes;
        return true;
    }
}
