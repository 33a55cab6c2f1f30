using System.Threading.Channels;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Queues finished transactions, and has several senders deliver them.</summary>
internal sealed class SentrySink : ITransactionSink, IDisposable
{
    // At a few kilobytes each, what fits into memory while ingest is slow for some seconds.
    private const int MostQueued = 10_000;

    private readonly Channel<FinishedTransaction> _queue =
        Channel.CreateBounded<FinishedTransaction>(new BoundedChannelOptions(MostQueued));

    private readonly CancellationTokenSource _stopping = new();
    private readonly PendingCount _pending = new();
    private readonly EnvelopeSender _sender;
    private readonly LossLog _losses;
    private readonly ILogger _logger;
    private readonly SentryDsn? _dsn;
    private readonly EnvelopeWriter? _writer;

    public SentrySink(
        IOptions<SentryExporterOptions> options,
        SentryPropagator propagator,
        EnvelopeSender sender,
        LossLog losses,
        TimeProvider time,
        ILoggerFactory loggerFactory)
    {
        (_sender, _losses) = (sender, losses);
        _logger = loggerFactory.CreateLogger(Log.Category);
        if (string.IsNullOrWhiteSpace(options.Value.Dsn) || !SentryDsn.TryParse(options.Value.Dsn, out _dsn, out _))
        {
            Log.NoDsn(_logger);
            return;
        }

        _writer = new EnvelopeWriter(options.Value, propagator.Settings, time);
        using (ExecutionContext.SuppressFlow())
        {
            // The senders outlive whatever happens to have made the sink.
            var stopping = _stopping.Token;
            for (var i = 0; i < options.Value.Senders; i++)
            {
                _ = Task.Run(() => SendAllAsync(stopping), stopping);
            }
        }
    }

    public void Accept(FinishedTransaction transaction)
    {
        if (_dsn is null)
        {
            return;
        }

        _pending.Add();
        if (!_queue.Writer.TryWrite(transaction))
        {
            _pending.Remove();
            _losses.Add("too many others were waiting to be sent");
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) =>
        new(_pending.WhenNone().WaitAsync(cancellationToken));

    public void Dispose()
    {
        if (_pending.Count is > 0 and var lost)
        {
            Log.LostAtStop(_logger, lost);
        }

        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        // Ends with the sink: its token completes the wait as cancelled, which no one observes.
        await foreach (var transaction in _queue.Reader.ReadAllAsync(stopping))
        {
            try
            {
                await _sender.SendAsync(_dsn!, _writer!.Write(transaction).Bytes, stopping);
            }
            catch (Exception exception)
            {
                _losses.Add("it could not be written as an envelope", exception);
            }
            finally
            {
                _pending.Remove();
            }
        }
    }
}
