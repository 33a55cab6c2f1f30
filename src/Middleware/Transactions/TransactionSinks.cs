using LlmTracing.Middleware.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.Transactions;

/// <summary>All sinks of the app, none of whose faults goes any further.</summary>
internal sealed class TransactionSinks(IEnumerable<ITransactionSink> sinks, ILoggerFactory loggerFactory)
{
    private readonly ITransactionSink[] _sinks = [.. sinks];
    private readonly ILogger _logger = loggerFactory.CreateLogger(Log.Category);

    /// <summary>Tells of each transaction that has ended, before the sinks have it.</summary>
    public event Action<FinishedTransaction>? Accepting;

    public void Accept(FinishedTransaction transaction)
    {
        Accepting?.Invoke(transaction);
        foreach (var sink in _sinks)
        {
            Accept(sink, transaction);
        }
    }

    /// <summary>Waits until all sinks have delivered what they have, or kept it safely; someone will wait again.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether any has.</returns>
    public async Task<bool> TryFlushAsync(CancellationToken cancellationToken)
    {
        var flushed = await Task.WhenAll(_sinks.Select(sink => FlushAsync(sink, isLast: false, cancellationToken)));
        return flushed.Length == 0 || flushed.Contains(true);
    }

    /// <summary>Waits for the last time, and no longer than there is left.</summary>
    /// <param name="rest">How long all of it may take, that after the token is cancelled included.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Tells the sinks to bring the rest to safety.</param>
    public Task FlushWithinAsync(TimeSpan rest, TimeProvider time, CancellationToken cancellationToken) =>
        Task.WhenAll(_sinks.Select(sink => TryFlushAsync(
            sink, isLast: true, token => sink.FlushAsync(token).AsTask().WaitAsync(rest, time, CancellationToken.None), cancellationToken)));

    /// <summary>
    /// Hands transactions to each sink on a thread of its own, and flushes it: one that hangs, for a lock that is held by
    /// whoever ends the process, does not keep the others from theirs.
    /// </summary>
    /// <param name="transactions">The transactions.</param>
    /// <param name="cancellationToken">Tells the sinks to bring the rest to safety.</param>
    public IReadOnlyList<SinkDelivery> DeliverApart(
        IReadOnlyList<FinishedTransaction> transactions, CancellationToken cancellationToken) =>
        [.. _sinks.Select(sink => DeliverApart(sink, transactions, cancellationToken))];

    private SinkDelivery DeliverApart(
        ITransactionSink sink, IReadOnlyList<FinishedTransaction> transactions, CancellationToken cancellationToken) =>
        SinkDelivery.Start(
            () =>
            {
                foreach (var transaction in transactions)
                {
                    Accept(sink, transaction);
                }
            },
            () => FlushAsync(sink, isLast: true, cancellationToken));

    private void Accept(ITransactionSink sink, FinishedTransaction transaction)
    {
        try
        {
            sink.Accept(transaction);
        }
        catch (Exception exception)
        {
            Log.SinkFailed(_logger, exception, sink.GetType());
        }
    }

    private Task<bool> FlushAsync(ITransactionSink sink, bool isLast, CancellationToken cancellationToken) =>
        TryFlushAsync(sink, isLast, token => sink.FlushAsync(token).AsTask(), cancellationToken);

    private async Task<bool> TryFlushAsync(
        ITransactionSink sink, bool isLast, Func<CancellationToken, Task> flush, CancellationToken cancellationToken)
    {
        try
        {
            await flush(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception)
        {
            if (isLast)
            {
                Log.FlushFailed(_logger, exception, sink.GetType());
            }
            else
            {
                Log.FlushTakesLonger(_logger, exception, sink.GetType());
            }

            return false;
        }
    }
}
