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
    private readonly EnvelopeWriter _writer;
    private readonly EnvelopeDispatcher _dispatcher;
    private readonly ClientReports _reports;
    private readonly LossLog _losses;
    private readonly DeliveryMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _overflow = new(0);
    private readonly PendingCount _pending = new();
    private readonly ITimer _inheritance;
    private readonly Task _running;
    private CancellationTokenSource _sending = new();
    private volatile bool _isClosing;
    private int _leftInSpool;

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
        (_queue, _spool, _writer, _dispatcher, _reports) = (queue, spool, writer, dispatcher, reports);
        (_losses, _metrics, _logger) = (losses, metrics, logger);

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

    public bool IsReachable => _dispatcher.Health.IsReachable;

    /// <summary>Gets the task that completes when all that was added is sent, discarded or on disk.</summary>
    public Task WhenNonePending => _pending.WhenNone();

    /// <summary>Takes a transaction, without waiting for anything.</summary>
    public void Add(FinishedTransaction transaction)
    {
        _pending.Add();
        _queue.Add(QueuedItem.Of(transaction), out var dropped);
        Drop(dropped);
        _work.Release();
        SpoolIfDue();
    }

    /// <summary>Moves to disk what cannot be sent at once, the newest first, while the senders go on.</summary>
    public void BeginClosing()
    {
        _isClosing = true;
        _overflow.Release();
    }

    public void EndClosing()
    {
        _isClosing = false;
        if (Interlocked.Exchange(ref _leftInSpool, 0) is > 0 and var left)
        {
            Log.LeftInSpool(_logger, left);
        }
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
        await _stopping.CancelAsync();
        await Volatile.Read(ref _sending).CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _isClosing = true;
        while (_spool.IsEnabled && _queue.TryTakeNewest(out var item))
        {
            Keep(EnvelopesOf(item));
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
        var envelopes = EnvelopesOf(item);
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

            Keep(envelopes.Skip(sent));
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
            Discard(DiscardReason.CacheOverflow, envelope, "it had waited on disk for too long");
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
            while (IsSpoolingDue && TryTakeForSpool(out var item))
            {
                Keep(EnvelopesOf(item));
            }
        }
    }

    private bool IsSpoolingDue =>
        _spool.IsEnabled && (_isClosing || !_dispatcher.Health.IsReachable || _queue.IsHalfFull);

    // The senders go on from the other end when the host stops.
    private bool TryTakeForSpool(out QueuedItem item) =>
        _isClosing ? _queue.TryTakeNewest(out item) : _queue.TryTakeOldest(out item);

    private void SpoolIfDue()
    {
        if (IsSpoolingDue)
        {
            _overflow.Release();
        }
    }

    /// <summary>Keeps what has become of one item, which is pending no more.</summary>
    private void Keep(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes)
        {
            Keep(envelope);
        }

        // After it is kept: who waits until none is pending may end the process then.
        _pending.Remove();
    }

    private void Keep(Envelope envelope)
    {
        if (_spool.TryAdd(envelope, out var dropped))
        {
            _metrics.OnSpooled();
            Interlocked.Add(ref _leftInSpool, _isClosing ? 1 : 0);
            foreach (var oldest in dropped)
            {
                Discard(DiscardReason.CacheOverflow, oldest, "the spool was full");
            }
        }
        else
        {
            _pending.Add();
            _queue.PutBack(QueuedItem.Of(envelope), out var given);
            Drop(given);
        }

        _work.Release();
    }

    private IReadOnlyList<Envelope> EnvelopesOf(QueuedItem item)
    {
        if (item.Envelope is { } written)
        {
            return [written];
        }

        try
        {
            return _writer.Write(item.Transaction!);
        }
        catch (Exception exception)
        {
            _reports.Add(DiscardReason.InternalError, item.Transaction!);
            _losses.Add("it could not be written as an envelope", exception);
            return [];
        }
    }

    private void Drop(IReadOnlyList<QueuedItem> dropped)
    {
        foreach (var item in dropped)
        {
            if (item.Envelope is { } envelope)
            {
                _reports.Add(DiscardReason.QueueOverflow, envelope);
            }
            else
            {
                _reports.Add(DiscardReason.QueueOverflow, item.Transaction!);
            }

            _losses.Add("too many others were waiting to be sent");
            _pending.Remove();
        }
    }

    private void Discard(string reason, Envelope envelope, string because)
    {
        _reports.Add(reason, envelope);
        _losses.Add(because);
    }

    private void Inherit()
    {
        try
        {
            if (_spool.Inherit() is > 0 and var inherited)
            {
                Log.SpoolInherited(_logger, inherited);
                _work.Release(inherited);
            }
        }
        catch (Exception exception)
        {
            // On a timer's thread, where it would end the process.
            Log.SpoolUnread(_logger, exception, "The folder");
        }
    }
}
