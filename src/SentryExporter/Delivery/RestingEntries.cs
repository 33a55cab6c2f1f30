namespace LlmTracing.SentryExporter.Delivery;

/// <summary>
/// Spooled envelopes that were sent in vain. Each rests for itself, while the others go: one on which every connection
/// breaks must not keep them.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="wake">Called for an entry that has rested.</param>
internal sealed class RestingEntries(TimeProvider time, Action<SpoolEntry> wake) : IDisposable
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Dictionary<SpoolEntry, ITimer> _timers = [];
    private bool _isDisposed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>Has it rest: for a second after its first miss, and twice as long after each one more.</summary>
    public void Add(SpoolEntry entry)
    {
        var rest = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(entry.Misses++, 10)));
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _timers[entry] = time.CreateTimer(
                    Wake, entry, rest < LongestRest ? rest : LongestRest, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }
    }

    private void Wake(object? rested)
    {
        var entry = (SpoolEntry)rested!;
        lock (_lock)
        {
            if (!_timers.Remove(entry, out var timer))
            {
                return;
            }

            timer.Dispose();
        }

        wake(entry);
    }
}
