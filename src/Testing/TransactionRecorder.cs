using System.Diagnostics;
using System.Runtime.CompilerServices;
using LlmTracing.Testing;

namespace LlmTracing;

/// <summary>Keeps the transactions of an app in memory, for its tests to await and assert on.</summary>
/// <remarks>
/// <para>
/// Each transaction is kept in the order of its arrival, and is taken by one wait only, so that a second wait gives the
/// one after it. It arrives when its last span has ended, which may be after the client has read its answer.
/// </para>
/// <para>
/// Spans are the process's. Of requests a recorder sees those of its own app alone; what begins outside of any request,
/// such as a hub's method, or a call in a background service or in the test itself, reaches the recorders of all apps in
/// the process. Await those by their trace id.
/// </para>
/// </remarks>
public sealed class TransactionRecorder : ITransactionSink
{
    // What a timer can do is a little more. A longer wait is a mistake in the unit.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private readonly Lock _lock = new();
    private readonly List<RecordedTransaction> _all = [];
    private readonly List<RecordedTransaction> _untaken = [];
    private TaskCompletionSource _changed = NewSignal();
    private TimeSpan _timeout = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long a wait lasts that is not told.</summary>
    /// <value>
    /// 0 to 24 days, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>. The default is 10 seconds.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less or more.</exception>
    public TimeSpan Timeout
    {
        get => _timeout;
        set => _timeout = Checked(value, nameof(value));
    }

    /// <summary>Gets all transactions so far, taken or not, in the order of their arrival.</summary>
    public IReadOnlyList<RecordedTransaction> All => Where(static _ => true);

    /// <summary>Gets the transactions of all requests so far, taken or not, in the order of their arrival.</summary>
    public IReadOnlyList<RecordedTransaction> Requests => Where(static one => one.IsRequest);

    /// <summary>Gives the transactions of a trace so far, taken or not, in the order of their arrival.</summary>
    /// <param name="traceId">The trace, which the last event of a traced stream names.</param>
    public IReadOnlyList<RecordedTransaction> Of(ActivityTraceId traceId) => Where(one => one.TraceId == traceId);

    /// <summary>Waits for the next transaction of a request, and takes it.</summary>
    /// <param name="within">How long to wait; by default <see cref="Timeout"/>, whose range it has.</param>
    /// <returns>The earliest that was not taken yet.</returns>
    /// <exception cref="TimeoutException">None arrived; the message draws those that did.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="within"/> is out of range.</exception>
    public Task<RecordedTransaction> NextAsync(TimeSpan? within = null) =>
        TakeOneAsync(static one => one.IsRequest, "transaction of a request", within);

    /// <summary>Waits for the next transaction of a trace, whatever its root is, and takes it.</summary>
    /// <param name="traceId">The trace.</param>
    /// <param name="within">How long to wait; by default <see cref="Timeout"/>, whose range it has.</param>
    /// <returns>The earliest that was not taken yet.</returns>
    /// <exception cref="TimeoutException">None arrived; the message draws those that did.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="within"/> is out of range.</exception>
    public Task<RecordedTransaction> NextAsync(ActivityTraceId traceId, TimeSpan? within = null) =>
        TakeOneAsync(one => one.TraceId == traceId, $"transaction of trace {traceId}", within);

    /// <summary>Waits for the next transaction that is like this, whatever its root is, and takes it.</summary>
    /// <param name="isWanted">Tells which. What it throws, the wait throws.</param>
    /// <param name="within">How long to wait; by default <see cref="Timeout"/>, whose range it has.</param>
    /// <param name="awaited">Left out: the compiler fills in the predicate, for the message of a wait in vain.</param>
    /// <returns>The earliest that was not taken yet.</returns>
    /// <exception cref="TimeoutException">None arrived; the message draws those that did.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="within"/> is out of range.</exception>
    public Task<RecordedTransaction> NextAsync(
        Predicate<RecordedTransaction> isWanted,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(isWanted))] string awaited = "")
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        return TakeOneAsync(isWanted, $"transaction where {awaited}", within);
    }

    /// <summary>Waits until so many transactions of requests are there that were not taken yet, and takes them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="within">How long to wait for all of them; by default <see cref="Timeout"/>, whose range it has.</param>
    /// <returns>The earliest, in the order of their arrival.</returns>
    /// <exception cref="TimeoutException">Fewer arrived, and none is taken; the message draws them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="count"/> is negative, or <paramref name="within"/> out of range.
    /// </exception>
    public Task<IReadOnlyList<RecordedTransaction>> TakeAsync(int count, TimeSpan? within = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return TakeAsync(count, static one => one.IsRequest, $"{count} transactions of requests", within);
    }

    /// <inheritdoc/>
    public void Accept(FinishedTransaction transaction)
    {
        var recorded = new RecordedTransaction(transaction);
        TaskCompletionSource changed;
        lock (_lock)
        {
            _all.Add(recorded);
            _untaken.Add(recorded);
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    /// <summary>Does nothing: what was accepted is there to be read.</summary>
    /// <param name="cancellationToken">Not looked at.</param>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    // A test goes on on a thread of its own, never on the one of the request that handed its transaction on.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<RecordedTransaction> TakeOneAsync(
        Predicate<RecordedTransaction> isWanted, string awaited, TimeSpan? within) =>
        (await TakeAsync(1, isWanted, awaited, within).ConfigureAwait(false))[0];

    private async Task<IReadOnlyList<RecordedTransaction>> TakeAsync(
        int count, Predicate<RecordedTransaction> isWanted, string awaited, TimeSpan? within)
    {
        var limit = Checked(within ?? Timeout, nameof(within));
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            if (TryTake(count, isWanted, out var changed) is { } taken)
            {
                return taken;
            }

            try
            {
                // Test frameworks have contexts of their own, which a test that blocks would hold.
                await changed.WaitAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(Message(awaited, limit));
            }
        }
    }

    private static TimeSpan Checked(TimeSpan limit, string name)
    {
        if (limit != System.Threading.Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LongestWait, name);
        }

        return limit;
    }

    private List<RecordedTransaction>? TryTake(int count, Predicate<RecordedTransaction> isWanted, out Task changed)
    {
        lock (_lock)
        {
            changed = _changed.Task;
            var found = _untaken.Where(one => isWanted(one)).Take(count).ToList();
            if (found.Count < count)
            {
                return null;
            }

            _untaken.RemoveAll(found.Contains);
            return found;
        }
    }

    private string Message(string awaited, TimeSpan limit)
    {
        lock (_lock)
        {
            return WaitInVain.Message(awaited, limit, _all, _untaken);
        }
    }

    private List<RecordedTransaction> Where(Predicate<RecordedTransaction> isWanted)
    {
        lock (_lock)
        {
            return _all.FindAll(isWanted);
        }
    }
}
