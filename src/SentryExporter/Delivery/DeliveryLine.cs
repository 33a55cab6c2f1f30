using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;

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

    // What it is given at the very end: only what hangs takes as long.
    private static readonly TimeSpan LastKeeping = TimeSpan.FromSeconds(2);

    // What it takes for one, at least twice over.
    private static readonly TimeSpan KeepingOne = TimeSpan.FromMilliseconds(0.5);

    private readonly DeliveryQueue _queue;
    private readonly Spool _spool;
    private readonly EnvelopeDispatcher _dispatcher;
    private readonly ClientReports _reports;
    private readonly TimeProvider _time;
    private readonly EnvelopeKeeper _keeper;
    private readonly Spooler _spooler;
    private readonly Senders _senders;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly PendingCount _pending = new();
    private readonly ITimer _inheritance;
    private readonly Task _running;

    public DeliveryLine(
        DeliveryQueue queue,
        Spool spool,
        EnvelopeWriter writer,
        EnvelopeDispatcher dispatcher,
        ClientReports reports,
        LossLog losses,
        DeliveryMetrics metrics,
        TimeProvider time,
        int senders)
    {
        (_queue, _spool, _dispatcher, _reports, _time) = (queue, spool, dispatcher, reports, time);
        _keeper = new EnvelopeKeeper(queue, spool, writer, reports, losses, metrics, _pending, _work);
        spool.Woken = () => _work.Release();

        // It outlives whatever happens to have made it.
        using (ExecutionContext.SuppressFlow())
        {
            var stopping = _stopping.Token;
            _spooler = new Spooler(queue, spool, _keeper, dispatcher.Health, time);
            _senders = new Senders(queue, spool, _spooler, _keeper, dispatcher, losses, _pending, _work);
            _running = Task.WhenAll(_senders.RunAsync(senders, stopping), _spooler.RunAsync(stopping));
            _inheritance = time.CreateTimer(
                static line => ((DeliveryLine)line!).Inherit(), this, TimeSpan.Zero, InheritanceInterval);
        }
    }

    /// <summary>Gets how much is being sent, or waits in memory.</summary>
    public int Pending => _pending.Count;

    /// <summary>Takes a transaction, without waiting for anything.</summary>
    public void Add(FinishedTransaction transaction)
    {
        _pending.Add();
        _queue.Add(QueuedItem.Of(transaction, _time.GetTimestamp()), out var dropped);
        _keeper.Drop(dropped);
        _work.Release();
        _spooler.Look();
    }

    /// <summary>Sends what is pending for as long as there is time, and keeps on disk what there is none for.</summary>
    /// <param name="time">How much there is until the token is cancelled.</param>
    /// <param name="keeping">How much the disk may take after that.</param>
    /// <param name="cancellationToken">Cancelled when nothing is to be sent any more.</param>
    /// <exception cref="OperationCanceledException">Not all could be sent or kept.</exception>
    public async Task FlushAsync(TimeSpan time, TimeSpan keeping, CancellationToken cancellationToken)
    {
        var keepingAll = _spool.IsEnabled ? _pending.Count * KeepingOne : TimeSpan.Zero;
        await WhenNonePendingAsync(keepingAll < time ? time - keepingAll : TimeSpan.Zero, cancellationToken);
        var isNoneLeft = await CloseAsync(keeping, cancellationToken);
        if (_dispatcher.Health.IsReachable)
        {
            await _reports.SendAsync(cancellationToken);
        }

        _keeper.KeepReport();
        if (!isNoneLeft)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Ends all sending for ever, and keeps on disk what the time allows.</summary>
    public async Task StopAsync()
    {
        // For ever: what is on disk by now is the next process's.
        _spooler.BeginClosing();
        using var limit = new CancellationTokenSource(LongestKeeping);
        await CloseAsync(LastKeeping, limit.Token);
        await _stopping.CancelAsync();
        await _running.WaitAsync(LongestKeeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A sender may have taken one from the disk just before it was told not to.
        await _senders.InterruptAsync();
        await _running.WaitAsync(LongestKeeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _keeper.KeepReport();
    }

    public void Dispose()
    {
        _inheritance.Dispose();
        _spooler.Dispose();
        _stopping.Dispose();
        _spool.Dispose();
    }

    // Nothing more is taken from the disk, and what cannot be sent at once goes there. Gives whether nothing is left.
    private async Task<bool> CloseAsync(TimeSpan keeping, CancellationToken cancellationToken)
    {
        _spooler.BeginClosing();
        await WhenNonePendingAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        var isCutOff = cancellationToken.IsCancellationRequested;
        if (isCutOff)
        {
            await InterruptAsync(keeping);
        }

        // Asked before any is sent from the disk again: those are pending too, and safe.
        var isNoneLeft = _pending.Count == 0;
        if (isCutOff)
        {
            _senders.Resume();
        }

        _spooler.EndClosing();
        if (_queue.Count + _spool.Count is > 0 and var waiting)
        {
            _work.Release(waiting);
        }

        return isNoneLeft;
    }

    // Ends what is being sent right now, and has it kept on disk.
    private async Task InterruptAsync(TimeSpan keeping)
    {
        await _senders.InterruptAsync();
        if (_spool.IsEnabled)
        {
            // By the disk's time, which is that of the world.
            await _pending.WhenNone().WaitAsync(keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WhenNonePendingAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (limit > TimeSpan.Zero || limit == Timeout.InfiniteTimeSpan)
        {
            await _pending.WhenNone().WaitAsync(limit, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
