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
        201, LogLevel.Warning, "{Lost} transactions were lost since the last such message; the last one because {Reason}.",
        EventName = "TransactionsLost")]
    public static partial void TransactionsLost(ILogger logger, Exception? exception, int lost, string reason);

    [LoggerMessage(
        202, LogLevel.Warning,
        "{Lost} transactions were not delivered before the host stopped, and are lost. "
        + "LlmTracingOptions.ShutdownTimeout is how long their delivery may take.",
        EventName = "LostAtStop")]
    public static partial void LostAtStop(ILogger logger, int lost);

    [LoggerMessage(
        203, LogLevel.Error,
        "The headers of the trace could not be written to an outgoing request, which is sent without them.",
        EventName = "PropagationFailed")]
    public static partial void PropagationFailed(ILogger logger, Exception exception);
}
