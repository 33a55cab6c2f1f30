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
    private int _accepted;
    private int _hasEnded;
    private volatile bool _hasStopped;

    private TimeSpan Limit => options.Value.ShutdownTimeout;

    /// <summary>Listens for the end of the process.</summary>
    public void Watch()
    {
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
    }

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

    private void OnProcessExit(object? sender, EventArgs arguments)
    {
        Begin();
        EndWithin(Limit);
    }

    private void OnUnhandledException(object? sender, UnhandledExceptionEventArgs arguments)
    {
        if (arguments.IsTerminating)
        {
            Begin(arguments.ExceptionObject as Exception);
            EndWithin(Limit);
        }
    }

    private bool EndWithHost()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        if (_hasStopped && !collector.HasOpen)
        {
            return false;
        }

        Begin();
        return true;
    }

    private void Begin(Exception? cause = null)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            // Not the pool's: its threads may all be waiting for whoever ends the process.
            new Thread(() => Deliver(cause)) { IsBackground = true, Name = "LlmTracing end" }.UnsafeStart();
        }
    }

    // Who comes second, as an exit does after a crash on another thread, waits too: else it would end the process earlier.
    private void EndWithin(TimeSpan limit)
    {
        _ = ((IAsyncResult)_delivered.Task).AsyncWaitHandle.WaitOne(limit);
        Forget();
    }

    private void Deliver(Exception? cause)
    {
        try
        {
            var error = cause is null ? null : SpanError.Of(cause) with { Exceptions = ExceptionSnapshot.Of(cause) };
            var terminated = collector.Open.Select(open => (Open: open, Finished: open.Terminate(error)))
                .Where(static one => one.Finished is not null).ToList();
            _terminated = terminated.ConvertAll(static one => one.Open);
            var finished = ReportOnce(terminated.ConvertAll(static one => one.Finished!), error);
            var limit = new CancellationTokenSource(Limit);
            sinks.DeliverApartAsync(finished, OnAccepted, limit.Token).ContinueWith(
                _ => _delivered.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        catch (Exception exception)
        {
            Log.EndFailed(loggerFactory.CreateLogger(Log.Category), exception);
            _delivered.TrySetResult();
        }
    }

    // One exception has ended them all. Which of them threw it, if one did, the runtime has forgotten by now.
    private static List<FinishedTransaction> ReportOnce(List<FinishedTransaction> finished, FinishedError? error)
    {
        var first = finished.Find(one => error is not null && ReferenceEquals(one.Root.Error, error));
        return finished.ConvertAll(one => ReferenceEquals(one, first) || !ReferenceEquals(one.Root.Error, error)
            ? one
            : one with { Root = one.Root with { Error = null } });
    }

    private void OnAccepted()
    {
        if (Interlocked.Increment(ref _accepted) == sinks.Count)
        {
            Forget();
        }
    }

    // What a sink has, the next process must not give it again. A sink that hangs in Accept does not change that for the
    // others; but where none has it, it stays in the journal.
    private void Forget()
    {
        if (Volatile.Read(ref _accepted) > 0)
        {
            foreach (var transaction in _terminated)
            {
                transaction.Forget();
            }
        }
    }
}
