using System.Diagnostics;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Keeps the transactions of one app, for tests to wait for.</summary>
/// <remarks>
/// Spans are the process's: what begins outside of any request reaches the apps of tests that run at the same time too.
/// So requests are taken in the order of their arrival, anything else by its trace.
/// </remarks>
internal sealed class RecordingSink : ITransactionSink
{
    private readonly Lock _lock = new();
    private readonly List<FinishedTransaction> _all = [];
    private readonly List<FinishedTransaction> _untaken = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _flushes;

    /// <summary>Gets the transactions of all requests so far, taken or not.</summary>
    public IReadOnlyList<FinishedTransaction> Requests => Where(IsRequest);

    public int Flushes => Volatile.Read(ref _flushes);

    /// <summary>Gets or sets what a flush does besides being counted.</summary>
    public Func<CancellationToken, Task> OnFlush { get; set; } = static _ => Task.CompletedTask;

    public IReadOnlyList<FinishedTransaction> Of(ActivityTraceId traceId) => Where(one => one.TraceId == traceId);

    public void Accept(FinishedTransaction transaction)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _all.Add(transaction);
            _untaken.Add(transaction);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _flushes);
        await OnFlush(cancellationToken);
    }

    /// <summary>The next transaction of a request.</summary>
    public Task<FinishedTransaction> NextAsync(TimeSpan? within = null) => TakeAsync(IsRequest, within);

    /// <summary>The next transaction of a trace, of whatever root.</summary>
    public Task<FinishedTransaction> NextAsync(ActivityTraceId traceId, TimeSpan? within = null) =>
        TakeAsync(one => one.TraceId == traceId, within);

    private static bool IsRequest(FinishedTransaction transaction) => transaction.Root.Kind == ActivityKind.Server;

    private Task<FinishedTransaction> TakeAsync(Predicate<FinishedTransaction> isWanted, TimeSpan? within) =>
        Deadline.BoundAsync("transaction", within, async token =>
        {
            while (true)
            {
                Task changed;
                lock (_lock)
                {
                    if (_untaken.FindIndex(isWanted) is var index and >= 0)
                    {
                        var found = _untaken[index];
                        _untaken.RemoveAt(index);
                        return found;
                    }

                    changed = _changed.Task;
                }

                await changed.WaitAsync(token);
            }
        });

    private List<FinishedTransaction> Where(Predicate<FinishedTransaction> isWanted)
    {
        lock (_lock)
        {
            return _all.FindAll(isWanted);
        }
    }
}
