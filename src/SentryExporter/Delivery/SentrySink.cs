using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.SentryExporter.Spotlight;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Gives finished transactions to the senders, and has what is left kept when the host stops.</summary>
internal sealed class SentrySink : ITransactionSink, IDisposable
{
    // Of the time that a stopping host gives, until the token of the flush is cancelled.
    private const double PartForSending = 0.75;

    private readonly LlmTracingOptions _tracing;
    private readonly SpotlightView _spotlight;
    private readonly ILogger _logger;
    private readonly DeliveryQueue _queue;
    private readonly Spool? _spool;
    private readonly ClientReports? _reports;
    private readonly DeliveryLine? _line;

    public SentrySink(
        IOptions<SentryExporterOptions> options,
        IOptions<LlmTracingOptions> tracing,
        SentryPropagator propagator,
        EnvelopeSender sender,
        SpotlightView spotlight,
        LossLog losses,
        DeliveryMetrics metrics,
        TimeProvider time,
        ILoggerFactory loggerFactory)
    {
        (_tracing, _spotlight) = (tracing.Value, spotlight);
        _logger = new QuietLogger(loggerFactory.CreateLogger(Log.Category));
        var settings = options.Value;
        _queue = new DeliveryQueue(settings.MaxQueueBytes, time);
        if (string.IsNullOrWhiteSpace(settings.Dsn) || !SentryDsn.TryParse(settings.Dsn, out var dsn, out _))
        {
            if (SpotlightAddress.IsOff(settings.Spotlight))
            {
                Log.NoDsn(_logger);
            }

            return;
        }

        var spool = new Spool(
            SpoolLocation.Of(settings.SpoolDirectory, dsn), settings.MaxSpoolBytes, time, _logger, losses);
        _reports = new ClientReports(dsn, sender, metrics, time);
        var writer = new EnvelopeWriter(settings, propagator.Settings, time, _logger) { Discarded = _reports.Add };
        var dispatcher = new EnvelopeDispatcher(dsn, sender, _reports, losses, metrics, time);
        (_spool, _line) = (spool, new DeliveryLine(
            _queue, spool, writer, dispatcher, _reports, losses, metrics, time, settings.Senders));
        metrics.Observe(() => _queue.Count, () => spool.Count);
    }

    public void Accept(FinishedTransaction transaction)
    {
        _spotlight.Add(transaction);
        _line?.Add(transaction);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var shown = _spotlight.FlushAsync(cancellationToken).AsTask();
        try
        {
            await DeliverAsync(cancellationToken);
        }
        finally
        {
            await shown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        if (_line is null)
        {
            return;
        }

        // What was not flushed, as where a host is disposed of that was not stopped. It waits for the disk alone.
        _line.StopAsync().GetAwaiter().GetResult();
        if (_line.Pending is > 0 and var lost)
        {
            Log.LostAtStop(_logger, lost);
        }

        if (_spool!.Count is > 0 and var kept)
        {
            Log.LeftInSpool(_logger, kept);
        }

        _line.Dispose();
        _reports!.Dispose();
    }

    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        if (_line is null)
        {
            return;
        }

        var sending = _tracing.ShutdownTimeout * PartForSending;
        await _line.FlushAsync(sending, _tracing.ShutdownTimeout - sending, cancellationToken);
    }
}
