using LlmTracing.SentryExporter.Telemetry;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Take what waits in memory, then what waits on disk, and send it, several at a time.</summary>
/// <remarks>What could not be sent is kept. See <see cref="DeliveryLine"/> for <paramref name="work"/>.</remarks>
#pragma warning disable CA1001 // One that hangs outlives the line; and a source without a timer has nothing to free.
internal sealed class Senders(
    DeliveryQueue queue,
    Spool spool,
    Spooler spooler,
    EnvelopeKeeper keeper,
    EnvelopeDispatcher dispatcher,
    LossLog losses,
    PendingCount pending,
    SemaphoreSlim work)
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _sending = new();
    private int _interruptions;

    public Task RunAsync(int count, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => SendAllAsync(stopping))));

    /// <summary>Ends what is being sent, and has nothing more sent until <see cref="Resume"/> was called as often.</summary>
    public Task InterruptAsync()
    {
        lock (_lock)
        {
            _interruptions++;
            return _sending.CancelAsync();
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            if (--_interruptions == 0)
            {
                Volatile.Write(ref _sending, new CancellationTokenSource());
            }
        }
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        while (true)
        {
            await work.WaitAsync(stopping);
            await dispatcher.Health.WaitAsync(stopping);
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
                losses.Add("of a fault of the exporter's own", exception);
                dispatcher.Health.NotTried();
            }
        }
    }

    private async Task SendNextAsync(CancellationToken sending)
    {
        if (sending.IsCancellationRequested)
        {
            // Its work is released again when sending is resumed.
            dispatcher.Health.NotTried();
        }
        else if (queue.TryTakeOldest(out var item))
        {
            await SendAsync(item, sending);
        }
        else if (spooler.IsClosing || !await TrySendSpooledAsync(sending))
        {
            // What this was for has been dropped meanwhile, or is left to later.
            dispatcher.Health.NotTried();
        }
    }

    private async Task SendAsync(QueuedItem item, CancellationToken sending)
    {
        var envelopes = keeper.EnvelopesOf(item);
        var sent = 0;
        try
        {
            while (sent < envelopes.Count && (sent == 0 || dispatcher.Health.IsReachable)
                && await dispatcher.TrySendAsync(envelopes[sent], sending))
            {
                sent++;
            }
        }
        finally
        {
            if (envelopes.Count == 0)
            {
                dispatcher.Health.NotTried();
            }

            keeper.Keep(envelopes.Skip(sent));
            spooler.Look();
        }
    }

    private async Task<bool> TrySendSpooledAsync(CancellationToken sending)
    {
        if (!spool.TryTake(out var entry, out var envelope, out var isTooOld))
        {
            return false;
        }

        if (isTooOld)
        {
            dispatcher.Health.NotTried();
            keeper.Discard(envelope, "it had waited on disk for too long");
            spool.Remove(entry);
            return true;
        }

        pending.Add();
        try
        {
            if (await dispatcher.TrySendAsync(envelope, sending))
            {
                spool.Remove(entry);
            }
            else
            {
                spool.Rest(entry);
            }
        }
        catch (OperationCanceledException)
        {
            spool.PutBack(entry);
            work.Release();
        }
        catch
        {
            spool.Rest(entry);
            throw;
        }
        finally
        {
            pending.Remove();
        }

        return true;
    }
}
