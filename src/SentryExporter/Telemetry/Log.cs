using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Telemetry;

/// <summary>The log messages of LlmTracing.SentryExporter, event ids 200 to 299.</summary>
internal static partial class Log
{
    public const string Category = "LlmTracing.SentryExporter";

    [LoggerMessage(
        200, LogLevel.Information,
        "No Sentry DSN is set, so no transaction is sent. Set SENTRY_DSN, or Sentry:Dsn in the configuration.",
        EventName = "NoDsn")]
    public static partial void NoDsn(ILogger logger);

    [LoggerMessage(
        201, LogLevel.Warning, "Sentry refused a transaction with status {StatusCode}; it is lost.",
        EventName = "EnvelopeRefused")]
    public static partial void EnvelopeRefused(ILogger logger, int statusCode);

    [LoggerMessage(
        202, LogLevel.Warning, "A transaction could not be delivered to {Host}; it is lost.",
        EventName = "EnvelopeNotDelivered")]
    public static partial void EnvelopeNotDelivered(ILogger logger, Exception exception, string host);

    [LoggerMessage(
        203, LogLevel.Warning, "{Queued} transactions are waiting to be sent; another one is lost.",
        EventName = "QueueFull")]
    public static partial void QueueFull(ILogger logger, int queued);

    [LoggerMessage(
        204, LogLevel.Error, "A transaction could not be written as an envelope; it is lost.",
        EventName = "TransactionLost")]
    public static partial void TransactionLost(ILogger logger, Exception exception);

    [LoggerMessage(
        205, LogLevel.Warning,
        "{Lost} transactions were not delivered before the host stopped, and are lost. "
        + "LlmTracingOptions.ShutdownTimeout is how long their delivery may take.",
        EventName = "LostAtStop")]
    public static partial void LostAtStop(ILogger logger, int lost);
}
