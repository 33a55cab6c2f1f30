using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.Telemetry;

/// <summary>The log messages of LlmTracing.Middleware, event ids 100 to 199.</summary>
internal static partial class Log
{
    public const string Category = "LlmTracing.Middleware";

    [LoggerMessage(
        100, LogLevel.Error, "The transaction sink {Sink} threw. Its transaction is lost to it.",
        EventName = "SinkFailed")]
    public static partial void SinkFailed(ILogger logger, Exception exception, Type sink);

    [LoggerMessage(
        101, LogLevel.Warning,
        "The transaction sink {Sink} did not deliver everything before the host stopped. "
        + "LlmTracingOptions.ShutdownTimeout is how long it may take.",
        EventName = "FlushFailed")]
    public static partial void FlushFailed(ILogger logger, Exception exception, Type sink);

    [LoggerMessage(
        102, LogLevel.Error, "LlmTracingOptions.Filter threw. The request is traced.", EventName = "FilterFailed")]
    public static partial void FilterFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        103, LogLevel.Warning,
        "The span '{Span}', started by {CallSite}, has no parent: neither a current span nor a request was found there, so "
        + "it begins a transaction of its own. If it belongs to a request, pass the request's span: take LlmTrace.Transaction "
        + "where the request runs, and give it as LlmCall.Parent or as the parameter parent of LlmTrace.Start…. "
        + "This is said once for each place.",
        EventName = "ParentNotFound")]
    public static partial void ParentNotFound(ILogger logger, string span, string callSite);

    [LoggerMessage(
        104, LogLevel.Error,
        "LlmTracingOptions.TracesSampler threw, or gave no rate. Whether the trace is recorded was decided by TracesSampleRate.",
        EventName = "SamplerFailed")]
    public static partial void SamplerFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        110, LogLevel.Warning,
        "No journal could be opened in '{Directory}': what is open when this process dies is lost. "
        + "LlmTracingOptions.JournalDirectory names another folder, or none, to do without.",
        EventName = "JournalNotOpened")]
    public static partial void JournalNotOpened(ILogger logger, Exception exception, string directory);

    [LoggerMessage(
        111, LogLevel.Warning,
        "The journal is full, with {Slots} spans of transactions that are open. Further ones go on without it: they are lost "
        + "if this process dies. This is said once.",
        EventName = "JournalFull")]
    public static partial void JournalFull(ILogger logger, int slots);

    [LoggerMessage(
        112, LogLevel.Information,
        "{Transactions} transactions that were open when earlier processes died were recovered from their journals.",
        EventName = "TransactionsRecovered")]
    public static partial void TransactionsRecovered(ILogger logger, int transactions);

    [LoggerMessage(
        113, LogLevel.Warning,
        "{Records} records in the journals of earlier processes are corrupt. Their spans are lost, the others are recovered.",
        EventName = "RecordsCorrupt")]
    public static partial void RecordsCorrupt(ILogger logger, int records);

    [LoggerMessage(
        114, LogLevel.Warning, "The journals of earlier processes in '{Directory}' could not be recovered.",
        EventName = "RecoveryFailed")]
    public static partial void RecoveryFailed(ILogger logger, Exception exception, string directory);

    [LoggerMessage(
        115, LogLevel.Debug,
        "The transaction sink {Sink} has not delivered yet what was recovered from journals; it goes on.",
        EventName = "FlushTakesLonger")]
    public static partial void FlushTakesLonger(ILogger logger, Exception exception, Type sink);

    [LoggerMessage(
        116, LogLevel.Error, "What was open when the process ended could not be handed on. It stays in the journal.",
        EventName = "EndFailed")]
    public static partial void EndFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        117, LogLevel.Error, "A request could not be described by its span. It is not affected.",
        EventName = "RequestNotDescribed")]
    public static partial void RequestNotDescribed(ILogger logger, Exception exception);

    [LoggerMessage(
        118, LogLevel.Error,
        "{Transactions} transactions in the journal of an earlier process could not be made again, and are lost. The exception "
        + "is that of the first.",
        EventName = "NotRecovered")]
    public static partial void NotRecovered(ILogger logger, Exception exception, int transactions);

    [LoggerMessage(
        119, LogLevel.Warning,
        "The journal of an earlier process could not be recovered to its end, and was set aside as {Path}. It can be removed.",
        EventName = "JournalSetAside")]
    public static partial void JournalSetAside(ILogger logger, Exception exception, string path);

    [LoggerMessage(
        120, LogLevel.Warning,
        "The journal of this process could not be removed, or had been removed while it was used: then what was open would "
        + "have been lost if the process had died. LlmTracingOptions.JournalDirectory names another folder.",
        EventName = "JournalRemoved")]
    public static partial void JournalRemoved(ILogger logger, Exception exception);

    [LoggerMessage(
        121, LogLevel.Warning,
        "app.MapLlmTraces() shows what the app does to everyone who asks, and so answers 404 here: the environment is "
        + "{Environment}, not Development. To have it here too, add .RequireAuthorization(…) with a policy to what it returns.",
        EventName = "TraceViewRefused")]
    public static partial void TraceViewRefused(ILogger logger, string environment);
}
