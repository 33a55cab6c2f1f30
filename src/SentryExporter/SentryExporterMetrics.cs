namespace LlmTracing;

/// <summary>The names of the exporter's own metrics, on the meter <see cref="LlmTrace.MeterName"/>.</summary>
public static class SentryExporterMetrics
{
    /// <summary>Gauge, {transaction}: transactions that wait in memory.</summary>
    public const string Queued = "llm_tracing.exporter.queued";

    /// <summary>Gauge, {envelope}: envelopes that wait on disk.</summary>
    public const string InSpool = "llm_tracing.exporter.in_spool";

    /// <summary>Counter, {envelope}: envelopes that Sentry has accepted.</summary>
    public const string Sent = "llm_tracing.exporter.sent";

    /// <summary>Counter, {envelope}: envelopes that were written to the spool.</summary>
    public const string Spooled = "llm_tracing.exporter.spooled";

    /// <summary>Counter, {envelope}: envelopes that were given up, by <see cref="Reason"/>.</summary>
    public const string Dropped = "llm_tracing.exporter.dropped";

    /// <summary>Histogram, s: how long Sentry took to answer.</summary>
    public const string IngestDuration = "llm_tracing.exporter.ingest.duration";

    /// <summary>Attribute of <see cref="Dropped"/>: why, in the words of Sentry's client reports, or <c>rate_limited</c>.</summary>
    public const string Reason = "llm_tracing.exporter.reason";
}
