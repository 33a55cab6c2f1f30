using LlmTracing.Middleware.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.Transactions;

/// <summary>All sinks of the app, none of whose faults goes any further.</summary>
internal sealed class TransactionSinks(IEnumerable<ITransactionSink> sinks, ILoggerFactory loggerFactory)
{
    private readonly ITransactionSink[] _sinks = [.. sinks];
    private readonly ILogger _logger = loggerFactory.CreateLogger(Log.Category);

    public void Accept(FinishedTransaction transaction)
    {
        foreach (var sink in _sinks)
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
    }

    /// <summary>Waits until all sinks have delivered what they have, or kept it safely.</summary>
    /// <param name="isLast">Whether nobody will wait again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task FlushAsync(bool isLast, CancellationToken cancellationToken) =>
        Task.WhenAll(_sinks.Select(sink => FlushAsync(sink, isLast, cancellationToken)));

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
