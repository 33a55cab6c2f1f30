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
}
