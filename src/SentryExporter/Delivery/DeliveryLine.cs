using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Takes transactions from the memory, and envelopes from the disk, and sends them, several at a time.</summary>
/// <remarks>
/// What waits in memory goes before what waits on disk: it is what someone looks at now. Each of them has a permit of
/// <see cref="_work"/>, which a sender takes first; there may be more permits, whose senders find nothing.
/// </remarks>
internal sealed class DeliveryLine : IDisposable
{
    // How soon the work of a process that died beside this one is taken over.
    private static readonly TimeSpan InheritanceInterval = TimeSpan.FromMinutes(1);

    // What the disk may take for the envelopes of a few senders.
    private static readonly TimeSpan LongestKeeping = TimeSpan.FromMilliseconds(500);

    private readonly DeliveryQueue _queue;
    private readonly Spool _spool;
    private readonly EnvelopeDispatcher _dispatcher;
    private readonly EnvelopeKeeper _keeper;
    private readonly LossLog _losses;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _overflow = new(0);
    private readonly PendingCount _pending = new();
    private readonly ITimer _inheritance;
    private readonly Task _running;
    private CancellationTokenSource _sending = new();
    private volatile bool _isClosing;

    public DeliveryLine(
        DeliveryQueue queue,
        Spool spool,
        EnvelopeWriter writer,
        EnvelopeDispatcher dispatcher,
        ClientReports reports,
        LossLog losses,
        DeliveryMetrics metrics,
        ILogger logger,
        TimeProvider time,
        int senders)
    {
        (_queue, _spool, _dispatcher, _losses) = (queue, spool, dispatcher, losses);
        _keeper = new EnvelopeKeeper(queue, spool, writer, reports, losses, metrics, logger, _pending, _work);

        // It outlives whatever happens to have made it.
        using (ExecutionContext.SuppressFlow())
        {
            var stopping = _stopping.Token;
            _running = Task.WhenAll(
                Enumerable.Range(0, senders).Select(_ => Task.Run(() => SendAllAsync(stopping)))
                    .Append(Task.Run(() => SpoolOverflowAsync(stopping))));
            _inheritance = time.CreateTimer(
                static line => ((DeliveryLine)line!).Inherit(), this, TimeSpan.Zero, InheritanceInterval);
        }
    }

    /// <summary>Gets the task that completes when all that was added is sent, discarded or on disk.</summary>
    public Task WhenNonePending => _pending.WhenNone();

    /// <summary>Takes a transaction, without waiting for anything.</summary>
    public void Add(FinishedTransaction transaction)
    {
        _pending.Add();
        _queue.Add(QueuedItem.Of(transaction), out var dropped);
        _keeper.Drop(dropped);
        _work.Release();
        SpoolIfDue();
    }

    /// <summary>Moves to disk what cannot be sent at once, the newest first, while the senders go on.</summary>
    public void BeginClosing()
    {
        _keeper.BeginCount();
        _isClosing = true;
        _overflow.Release();
    }

    public void EndClosing()
    {
        _isClosing = false;
        _keeper.EndCount();
    }

    /// <summary>Ends what is being sent right now, and has it kept on disk.</summary>
    public async Task InterruptAsync()
    {
        var sending = Interlocked.Exchange(ref _sending, new CancellationTokenSource());
        await sending.CancelAsync();
        if (_spool.IsEnabled)
        {
            await WhenNonePending.WaitAsync(LongestKeeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends all sending for ever, and keeps what is left on disk.</summary>
    public async Task StopAsync()
    {
        _keeper.BeginCount();
        await _stopping.CancelAsync();
        await Volatile.Read(ref _sending).CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_spool.IsEnabled && _queue.TryTakeNewest(out var item))
        {
            _keeper.Keep(_keeper.EnvelopesOf(item));
        }

        EndClosing();
    }

    public void Dispose()
    {
        _inheritance.Dispose();
        _stopping.Dispose();
        _spool.Dispose();
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _work.WaitAsync(stopping);
            await _dispatcher.Health.WaitAsync(stopping);
            try
            {
                await SendNextAsync(Volatile.Read(ref _sending).Token);
            }
            catch (OperationCanceledException)
            {
                // Interrupted, for good or not: it is kept.
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                // A sender must not end for what one transaction does to it.
                _losses.Add("of a fault of the exporter's own", exception);
                _dispatcher.Health.NotTried();
            }
        }
    }

    private async Task SendNextAsync(CancellationToken sending)
    {
        if (_queue.TryTakeOldest(out var item))
        {
            await SendAsync(item, sending);
        }
        else if (!await TrySendSpooledAsync(sending))
        {
            // What this was for has been dropped meanwhile.
            _dispatcher.Health.NotTried();
        }
    }

    private async Task SendAsync(QueuedItem item, CancellationToken sending)
    {
        var envelopes = _keeper.EnvelopesOf(item);
        var sent = 0;
        try
        {
            while (sent < envelopes.Count && (sent == 0 || _dispatcher.Health.IsReachable)
                && await _dispatcher.TrySendAsync(envelopes[sent], sending))
            {
                sent++;
            }
        }
        finally
        {
            if (envelopes.Count == 0)
            {
                _dispatcher.Health.NotTried();
            }

            _keeper.Keep(envelopes.Skip(sent));
            SpoolIfDue();
        }
    }

    private async Task<bool> TrySendSpooledAsync(CancellationToken sending)
    {
        if (!_spool.TryTake(out var entry, out var envelope, out var isTooOld))
        {
            return false;
        }

        if (isTooOld)
        {
            _dispatcher.Health.NotTried();
            _keeper.Discard(envelope, "it had waited on disk for too long");
            _spool.Remove(entry);
            return true;
        }

        var isDone = false;
        try
        {
            isDone = await _dispatcher.TrySendAsync(envelope, sending);
        }
        finally
        {
            if (isDone)
            {
                _spool.Remove(entry);
            }
            else
            {
                _spool.PutBack(entry);
                _work.Release();
            }
        }

        return true;
    }

    private async Task SpoolOverflowAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _overflow.WaitAsync(stopping);

            // When the host stops, the senders go on from the other end.
            while (IsSpoolingDue
                && (_isClosing ? _queue.TryTakeNewest(out var item) : _queue.TryTakeOldest(out item)))
            {
                _keeper.Keep(_keeper.EnvelopesOf(item));
            }
        }
    }

    private bool IsSpoolingDue =>
        _spool.IsEnabled && (_isClosing || !_dispatcher.Health.IsReachable || _queue.IsHalfFull);

    private void SpoolIfDue()
    {
        if (IsSpoolingDue)
        {
            _overflow.Release();
        }
    }

    private void Inherit()
    {
        if (_spool.Inherit() is > 0 and var inherited)
        {
            _work.Release(inherited);
        }
    }
}
