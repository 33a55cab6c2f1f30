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
        "{Lost} transactions were not delivered before the host stopped, and are lost, for there is no spool to keep them in. "
        + "LlmTracingOptions.ShutdownTimeout is how long their delivery may take, SentryExporterOptions.SpoolDirectory where "
        + "they are kept.",
        EventName = "LostAtStop")]
    public static partial void LostAtStop(ILogger logger, int lost);

    [LoggerMessage(
        203, LogLevel.Error,
        "The headers of the trace could not be written to an outgoing request, which is sent without them.",
        EventName = "PropagationFailed")]
    public static partial void PropagationFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        204, LogLevel.Warning,
        "{Attempts} attempts to send failed since the last such message; the last one because {Reason}. What was to be sent is "
        + "kept, and tried again. If this goes on, check the host of the DSN, and that the app may connect to it.",
        EventName = "SendingFailed")]
    public static partial void SendingFailed(ILogger logger, Exception exception, int attempts, string reason);

    [LoggerMessage(
        205, LogLevel.Warning,
        "Nothing can be spooled in {Folder}: while Sentry cannot be reached, transactions wait in memory only. Set "
        + "SentryExporterOptions.SpoolDirectory (Sentry:SpoolDirectory) to a folder that the app may write to, or to an empty "
        + "text for no spool.",
        EventName = "SpoolFailed")]
    public static partial void SpoolFailed(ILogger logger, Exception exception, string folder);

    [LoggerMessage(
        206, LogLevel.Warning, "{Path}, of the spool, could not be read or removed. It is left alone.",
        EventName = "SpoolUnread")]
    public static partial void SpoolUnread(ILogger logger, Exception exception, string path);

    [LoggerMessage(
        207, LogLevel.Warning,
        "A file of the spool was torn, or is none, and was set aside as {Path}. It is not sent; it can be removed.",
        EventName = "SpoolFileSetAside")]
    public static partial void SpoolFileSetAside(ILogger logger, string path);

    [LoggerMessage(
        208, LogLevel.Information, "{Count} envelopes that an earlier process has left in the spool are sent now.",
        EventName = "SpoolInherited")]
    public static partial void SpoolInherited(ILogger logger, int count);

    [LoggerMessage(
        209, LogLevel.Information, "{Count} envelopes are left in the spool. The next process sends them.",
        EventName = "LeftInSpool")]
    public static partial void LeftInSpool(ILogger logger, int count);

    [LoggerMessage(
        210, LogLevel.Error,
        "SentryExporterOptions.BeforeSend threw. The transaction is sent as it is; so is every other for which it does.",
        EventName = "BeforeSendFailed")]
    public static partial void BeforeSendFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        211, LogLevel.Information, "Transactions are shown in Spotlight, at {Address}.", EventName = "SpotlightOn")]
    public static partial void SpotlightOn(ILogger logger, Uri address);

    [LoggerMessage(
        212, LogLevel.Warning,
        "Spotlight could not be sent a transaction, at {Address}: {Reason} Nothing else depends on it; it is tried again, and not logged "
        + "again. Start Spotlight, or unset SENTRY_SPOTLIGHT (Sentry:Spotlight).",
        EventName = "SpotlightFailed")]
    public static partial void SpotlightFailed(ILogger logger, Uri address, string reason);
}
