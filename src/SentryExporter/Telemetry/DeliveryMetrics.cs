using System.Diagnostics.Metrics;

namespace LlmTracing.SentryExporter.Telemetry;

/// <summary>What the exporter does with transactions and errors, on the meter <c>LlmTracing</c>.</summary>
internal sealed class DeliveryMetrics
{
    private readonly Counter<long> _sent;
    private readonly Counter<long> _spooled;
    private readonly Counter<long> _dropped;
    private readonly Histogram<double> _latency;
    private readonly Meter _meter;

    public DeliveryMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(LlmTrace.MeterName);
        _sent = _meter.CreateCounter<long>(SentryExporterMetrics.Sent, "{envelope}", "Envelopes that Sentry has accepted.");
        _spooled = _meter.CreateCounter<long>(
            SentryExporterMetrics.Spooled, "{envelope}", "Envelopes that were written to the spool.");
        _dropped = _meter.CreateCounter<long>(
            SentryExporterMetrics.Dropped, "{envelope}", "Envelopes that were given up, by reason.");
        _latency = _meter.CreateHistogram<double>(
            SentryExporterMetrics.IngestDuration, "s", "How long Sentry took to answer.");
    }

    /// <summary>Observes what waits, in memory and on disk, until the host is gone.</summary>
    public void Observe(Func<int> queued, Func<int> spooled)
    {
        _meter.CreateObservableGauge(
            SentryExporterMetrics.Queued, queued, "{transaction}", "Transactions that wait in memory.");
        _meter.CreateObservableGauge(SentryExporterMetrics.InSpool, spooled, "{envelope}", "Envelopes that wait on disk.");
    }

    public void OnSent() => Record(() => _sent.Add(1));

    public void OnSpooled() => Record(() => _spooled.Add(1));

    public void OnDropped(string reason) =>
        Record(() => _dropped.Add(1, new KeyValuePair<string, object?>(SentryExporterMetrics.Reason, reason)));

    public void OnAnswer(TimeSpan after) => Record(() => _latency.Record(after.TotalSeconds));

    private static void Record(Action measure)
    {
        try
        {
            measure();
        }
        catch (Exception)
        {
            // A listener's, which is none of the sender's business.
        }
    }
}
