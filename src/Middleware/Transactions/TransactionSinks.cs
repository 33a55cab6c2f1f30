using LlmTracing.Middleware.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.Transactions;

/// <summary>All sinks of the app, none of whose faults goes any further.</summary>
internal sealed class TransactionSinks(IEnumerable<ITransactionSink> sinks, ILoggerFactory loggerFactory)
{
    private readonly ITransactionSink[] _sinks = [.. sinks];
    private readonly ILogger _logger = loggerFactory.CreateLogger(Log.Category);

    public int Count => _sinks.Length;

    public void Accept(FinishedTransaction transaction)
    {
        foreach (var sink in _sinks)
        {
            Accept(sink, transaction);
        }
    }

    /// <summary>Waits until all sinks have delivered what they have, or kept it safely.</summary>
    /// <param name="isLast">Whether nobody will wait again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task FlushAsync(bool isLast, CancellationToken cancellationToken) =>
        Task.WhenAll(_sinks.Select(sink => FlushAsync(sink, isLast, cancellationToken)));

    /// <summary>
    /// Hands transactions to each sink on a thread of its own, and flushes it: one that hangs, for a lock that is held by
    /// whoever ends the process, does not keep the others from theirs.
    /// </summary>
    /// <param name="transactions">The transactions.</param>
    /// <param name="onAccepted">Called for each sink that has accepted all.</param>
    /// <param name="cancellationToken">Ends the flush.</param>
    public Task DeliverApartAsync(
        IReadOnlyList<FinishedTransaction> transactions, Action onAccepted, CancellationToken cancellationToken) =>
        Task.WhenAll(_sinks.Select(sink => Task.Factory.StartNew(
            () =>
            {
                foreach (var transaction in transactions)
                {
                    Accept(sink, transaction);
                }

                onAccepted();
                return FlushAsync(sink, isLast: true, cancellationToken);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));

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

    private async Task FlushAsync(ITransactionSink sink, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            await sink.FlushAsync(cancellationToken).ConfigureAwait(false);
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
        }
    }
}
