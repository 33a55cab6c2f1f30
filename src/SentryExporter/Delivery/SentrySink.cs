using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Gives finished transactions to the senders, and has what is left kept when the host stops.</summary>
internal sealed class SentrySink : ITransactionSink, IDisposable
{
    // Of the time that a stopping host gives, what is for sending alone, before the rest is brought to safety too.
    private const int PartForSending = 4;

    private readonly LlmTracingOptions _tracing;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DeliveryQueue _queue;
    private readonly ClientReports? _reports;
    private readonly EnvelopeDispatcher? _dispatcher;
    private readonly DeliveryLine? _line;

    public SentrySink(
        IOptions<SentryExporterOptions> options,
        IOptions<LlmTracingOptions> tracing,
        SentryPropagator propagator,
        EnvelopeSender sender,
        LossLog losses,
        DeliveryMetrics metrics,
        TimeProvider time,
        ILoggerFactory loggerFactory)
    {
        (_tracing, _time) = (tracing.Value, time);
        _logger = loggerFactory.CreateLogger(Log.Category);
        var settings = options.Value;
        _queue = new DeliveryQueue(settings.MaxQueueBytes);
        if (string.IsNullOrWhiteSpace(settings.Dsn) || !SentryDsn.TryParse(settings.Dsn, out var dsn, out _))
        {
            Log.NoDsn(_logger);
            return;
        }

        var spool = new Spool(SpoolLocation.Of(settings.SpoolDirectory, dsn), settings.MaxSpoolBytes, time, _logger);
        _reports = new ClientReports(dsn, sender, metrics, time);
        var writer = new EnvelopeWriter(settings, propagator.Settings, time, _logger) { Discarded = _reports.Add };
        _dispatcher = new EnvelopeDispatcher(dsn, sender, _reports, metrics, time);
        _line = new DeliveryLine(
            _queue, spool, writer, _dispatcher, _reports, losses, metrics, _logger, time, settings.Senders);
        metrics.Observe(() => _queue.Count, () => spool.Count);
    }

    public void Accept(FinishedTransaction transaction) => _line?.Add(transaction);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_line is null)
        {
            return;
        }

        await _line.WhenNonePending.WaitAsync(_tracing.ShutdownTimeout / PartForSending, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _line.BeginClosing();
        await _line.WhenNonePending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancellationToken.IsCancellationRequested)
        {
            await _line.InterruptAsync();
        }

        _line.EndClosing();
        if (_dispatcher!.Health.IsReachable)
        {
            await _reports!.SendAsync(cancellationToken);
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
        if (_queue.Count is > 0 and var lost)
        {
            Log.LostAtStop(_logger, lost);
        }

        _line.Dispose();
        _reports!.Dispose();
    }
}
