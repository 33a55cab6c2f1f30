namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Moves to disk what waits in memory and cannot be sent soon.</summary>
internal sealed class Spooler : IDisposable
{
    // Of what has finished, a process that is killed loses what is being sent, and what has waited for less than this.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    // It is the work of the processor, to write and compress them.
    private static readonly int Writers = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private readonly DeliveryQueue _queue;
    private readonly Spool _spool;
    private readonly EnvelopeKeeper _keeper;
    private readonly IngestHealth _health;
    private readonly SemaphoreSlim _due = new(0);
    private readonly ITimer _waiting;
    private int _isWaiting;
    private int _closing;

    public Spooler(DeliveryQueue queue, Spool spool, EnvelopeKeeper keeper, IngestHealth health, TimeProvider time)
    {
        (_queue, _spool, _keeper, _health) = (queue, spool, keeper, health);
        _waiting = time.CreateTimer(
            static spooler => ((Spooler)spooler!).LookAgain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets a value indicating whether all goes to disk, and nothing more is to be taken from it.</summary>
    public bool IsClosing => Volatile.Read(ref _closing) > 0;

    private bool IsDue =>
        _spool.IsEnabled && (IsClosing || !_health.IsReachable || _queue.IsHalfFull || _queue.HasWaited(LongestWait));

    /// <summary>Runs until it is stopped.</summary>
    public Task RunAsync(CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => MoveAllAsync(stopping), CancellationToken.None)));

    /// <summary>Notes that something waits, and has it moved if it is time to.</summary>
    public void Look()
    {
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
        {
            _waiting.Change(LongestWait, Timeout.InfiniteTimeSpan);
        }

        Wake();
    }

    /// <summary>Moves all from now on, the newest first, while the senders go on from the other end.</summary>
    public void BeginClosing()
    {
        Interlocked.Increment(ref _closing);
        _due.Release(Writers);
    }

    public void EndClosing() => Interlocked.Decrement(ref _closing);

    public void Dispose() => _waiting.Dispose();

    private async Task MoveAllAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _due.WaitAsync(stopping);
            while (IsDue && (IsClosing ? _queue.TryTakeNewest(out var item) : _queue.TryTakeOldest(out item)))
            {
                _keeper.ForgetWork();
                _keeper.Keep(_keeper.EnvelopesOf(item));
            }
        }
    }

    private void LookAgain()
    {
        Volatile.Write(ref _isWaiting, 0);
        if (_queue.Count > 0)
        {
            Look();
        }
    }

    // As many as wait for one will look at all that is there.
    private void Wake()
    {
        if (IsDue && _due.CurrentCount < Writers)
        {
            _due.Release();
        }
    }
}
