using System.Diagnostics.CodeAnalysis;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>The spooled envelopes that nobody has taken, by age.</summary>
internal sealed class SpoolIndex
{
    private readonly Lock _lock = new();
    private readonly SortedSet<SpoolEntry> _entries = [];
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    public void Add(SpoolEntry entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
            _bytes += entry.Bytes;
        }
    }

    public bool TryTakeOldest([NotNullWhen(true)] out SpoolEntry? entry)
    {
        lock (_lock)
        {
            entry = _entries.Min;
            if (entry is null)
            {
                return false;
            }

            _entries.Remove(entry);
            _bytes -= entry.Bytes;
            return true;
        }
    }
}
