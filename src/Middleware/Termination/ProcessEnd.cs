using System.Diagnostics;
using LlmTracing.Middleware.Telemetry;
using LlmTracing.Middleware.Transactions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware.Termination;

/// <summary>Delivers what is open when the process, or the host, ends without having stopped.</summary>
/// <remarks>
/// Whoever ends it may hold any lock of the app's, and all of its threads may wait for that one: the work is done on threads
/// of its own, and is waited for no longer than <see cref="LlmTracingOptions.ShutdownTimeout"/>. Of <c>FailFast</c>, a stack
/// overflow, a kill no code hears: these are the journal's.
/// </remarks>
internal sealed class ProcessEnd(
    TransactionCollector collector,
    TransactionSinks sinks,
    IOptions<LlmTracingOptions> options,
    ILoggerFactory loggerFactory) : IDisposable, IAsyncDisposable
{
    private readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<OpenTransaction> _terminated = [];
    private volatile IReadOnlyList<SinkDelivery>? _deliveries;
    private int _hasEnded;
    private volatile bool _hasStopped;

    public TimeSpan Limit => options.Value.ShutdownTimeout;

    // Where a sink has them and has not brought them to safety, the next start hands them on again: twice, which a backend
    // that goes by ids can tell, is better than never. One that hangs in Accept does not change that for the others; where
    // none has them, they stay.
    private bool IsSafe => _deliveries is { } all && (all.Count == 0
        || (all.Any(static one => one.HasFlushed) && all.All(static one => one.HasFlushed || !one.HasAccepted)));

    /// <summary>Listens for the end of the process.</summary>
    public void Watch() => ProcessEnds.Add(this);

    /// <summary>Notes that the host has stopped in order: what is still open then is all that is left.</summary>
    public void HostHasStopped() => _hasStopped = true;

    public void Dispose()
    {
        if (EndWithHost())
        {
            EndWithin(Limit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (EndWithHost())
        {
            await _delivered.Task.WaitAsync(Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Forget();
        }
    }

    private bool EndWithHost()
    {
        ProcessEnds.Remove(this);
        if (_hasStopped && !collector.HasOpen)
        {
            return false;
        }

        Begin();
        return true;
    }

    /// <summary>Begins to deliver what is open, if that has not begun.</summary>
    /// <param name="cause">The exception that ends the process, if one does.</param>
    public void Begin(Exception? cause = null)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            // Not the pool's: its threads may all be waiting for whoever ends the process.
            var began = Stopwatch.GetTimestamp();
            new Thread(() => Deliver(cause, began)) { IsBackground = true, Name = "LlmTracing end" }.UnsafeStart();
        }
    }

    /// <summary>Waits until it is delivered, or a time is over.</summary>
    /// <remarks>
    /// Who comes second, as an exit does after a crash on another thread, waits too: else it would end the process earlier.
    /// </remarks>
    public void EndWithin(TimeSpan limit)
    {
        _ = ((IAsyncResult)_delivered.Task).AsyncWaitHandle.WaitOne(limit);
        Forget();
    }

    private void Deliver(Exception? cause, long began)
    {
        try
        {
            var error = cause is null ? null : SpanError.Of(cause) with { Exceptions = ExceptionSnapshot.Of(cause) };
            var terminated = collector.Open.Select(open => (Open: open, Finished: open.Terminate(error)))
                .Where(static one => one.Finished is not null).ToList();
            _terminated = terminated.ConvertAll(static one => one.Open);
            var finished = ReportOnce(terminated.ConvertAll(static one => one.Finished!), error);
            var limit = new CancellationTokenSource();
            _deliveries = sinks.DeliverApart(finished, limit.Token);
            var all = Task.WhenAll(_deliveries.Select(static one => one.WhenOver));

            // By this thread, too: a timer would need one of the pool's.
            var untilSafety = ShutdownTime.Rest(ShutdownTime.ForFlush(Limit), Stopwatch.GetElapsedTime(began));
            if (!((IAsyncResult)all).AsyncWaitHandle.WaitOne(untilSafety))
            {
                limit.Cancel();
                ((IAsyncResult)all).AsyncWaitHandle.WaitOne();
            }
        }
        catch (Exception exception)
        {
            Log.EndFailed(loggerFactory.CreateLogger(Log.Category), exception);
        }

        _delivered.TrySetResult();
    }

    // One exception has ended them all. Which of them threw it, if one did, the runtime has forgotten by now.
    private static List<FinishedTransaction> ReportOnce(List<FinishedTransaction> finished, FinishedError? error)
    {
        var first = finished.Find(one => error is not null && ReferenceEquals(one.Root.Error, error));
        return finished.ConvertAll(one => ReferenceEquals(one, first) || !ReferenceEquals(one.Root.Error, error)
            ? one
            : one with { Root = one.Root with { Error = null } });
    }

    private void Forget()
    {
        if (!IsSafe)
        {
            collector.KeepJournal();
            return;
        }

        foreach (var transaction in _terminated)
        {
            transaction.Forget();
        }
    }
}
