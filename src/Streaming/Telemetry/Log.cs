using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Streaming.Telemetry;

/// <summary>The log messages of LlmTracing.Streaming, event ids 1 to 99. None carries text of the model's.</summary>
internal static partial class Log
{
    private const string Category = "LlmTracing.Streaming";

    public static ILogger For(ILoggerFactory loggers)
    {
        try
        {
            return loggers.CreateLogger(Category);
        }
        catch (ObjectDisposedException)
        {
            // A source that was given up on may end after its host.
            return NullLogger.Instance;
        }
    }

    /// <summary>Gives the loggers of a request's host; outside of a request there are none to find.</summary>
    public static ILoggerFactory LoggersOf(IServiceProvider? requestServices) =>
        requestServices?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    [LoggerMessage(1, LogLevel.Error, "The streamed response of trace {TraceId} failed.", EventName = "StreamFailed")]
    public static partial void StreamFailed(ILogger logger, Exception exception, string? traceId);

    [LoggerMessage(
        2, LogLevel.Warning,
        "The chunk reader {Reader} threw. Its stream goes on unread: the span may lack tokens and model.",
        EventName = "ChunkReaderFailed")]
    public static partial void ChunkReaderFailed(ILogger logger, Exception exception, Type reader);

    [LoggerMessage(
        3, LogLevel.Debug,
        "A stream that had been given up on ended later, with an exception.",
        EventName = "DetachedSourceFailed")]
    public static partial void DetachedSourceFailed(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Debug, "The streamed response of trace {TraceId} ended as {Outcome}.", EventName = "StreamEndedEarly")]
    public static partial void StreamEndedEarly(ILogger logger, string? traceId, StreamOutcome outcome);

    [LoggerMessage(
        5, LogLevel.Warning,
        "Code that was told of a client's leaving threw. The response had ended.",
        EventName = "CancellationCallbackFailed")]
    public static partial void CancellationCallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        6, LogLevel.Warning,
        "The source of a streamed response threw while it was disposed, after the response's last event.",
        EventName = "DisposalFailed")]
    public static partial void DisposalFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        7, LogLevel.Error,
        "A span or a metric was not recorded, because a listener or an attribute threw. The answer is not affected.",
        EventName = "TracingFailed")]
    public static partial void TracingFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        8, LogLevel.Information,
        "The client of trace {TraceId} kept a write waiting for {WriteTimeout}: its connection was aborted.",
        EventName = "ClientDidNotRead")]
    public static partial void ClientDidNotRead(ILogger logger, string? traceId, TimeSpan writeTimeout);

    [LoggerMessage(
        9, LogLevel.Information,
        "The streamed response of trace {TraceId} was ended, for the host is stopping.",
        EventName = "StreamStopped")]
    public static partial void StreamStopped(ILogger logger, string? traceId);

    [LoggerMessage(
        10, LogLevel.Information,
        "The source of a stream did not end when it was told to, and was given up on. Until it does, it may hold its "
        + "connection to the provider: see that it heeds its token, and awaits nothing without it.",
        EventName = "SourceGivenUpOn")]
    public static partial void SourceGivenUpOn(ILogger logger);

    [LoggerMessage(
        11, LogLevel.Warning,
        "A chunk of a stream is not what {Dialect} sends. It was passed on as it is; what it tells is not on the span.",
        EventName = "ChunkNotUnderstood")]
    public static partial void ChunkNotUnderstood(ILogger logger, LlmDialect? dialect);

    [LoggerMessage(
        12, LogLevel.Debug,
        "No chunk reader is known for streams of {Type}: their chunks are only counted. AddChunkReader adds one.",
        EventName = "NoChunkReader")]
    public static partial void NoChunkReader(ILogger logger, Type type);

    [LoggerMessage(
        13, LogLevel.Error,
        "What was said was not recorded, or its tokens not estimated, because {ExceptionType} was thrown. Its text could tell of it "
        + "and is left out; it was thrown at{StackTrace}",
        EventName = "ContentFailed")]
    public static partial void ContentFailed(ILogger logger, Type exceptionType, string? stackTrace);

    /// <summary>Says that what reads, redacts or writes content failed: without the exception, which may quote it.</summary>
    public static void ContentFailed(ILogger logger, Exception exception) =>
        ContentFailed(logger, exception.GetType(), $"{Environment.NewLine}{exception.StackTrace}");

    [LoggerMessage(
        14, LogLevel.Error,
        "The streamed response of trace {TraceId} failed, for the provider refused with {Status}. {Cure}",
        EventName = "StreamRefused")]
    public static partial void StreamRefused(ILogger logger, Exception exception, string? traceId, int status, string cure);

    [LoggerMessage(
        15, LogLevel.Warning,
        "{Method} answers a request that app.UseLlmTracing() has not seen, so nothing of it is sent: the call is missing, or "
        + "stands behind what answers. Put it first, right after builder.Build(); to leave requests out, use "
        + "LlmTracingOptions.Filter. This is said once.",
        EventName = "RequestNotSeen")]
    public static partial void RequestNotSeen(ILogger logger, string method);

    [LoggerMessage(
        16, LogLevel.Warning,
        "A middleware encodes a streamed response as {Encoding}, and may hold its events back until it has enough of them. Let "
        + "it pass text/event-stream as it is, as the framework's UseResponseCompression does. This is said once.",
        EventName = "ResponseEncoded")]
    public static partial void ResponseEncoded(ILogger logger, string encoding);

    [LoggerMessage(
        20, LogLevel.Warning,
        "The provider's stream is encoded as {Encoding}: it is passed on so, and not read, and its span has no tokens. Let "
        + "the HttpClient decode it, by AutomaticDecompression of its handler, or ask for it without Accept-Encoding.",
        EventName = "UpstreamEncoded")]
    public static partial void UpstreamEncoded(ILogger logger, string encoding);

    [LoggerMessage(
        21, LogLevel.Warning,
        "An event of a provider's stream was larger than 1 MiB, and was not read. It was passed on as it is; what it tells, which "
        + "may be the tokens of the whole answer, is not on the span.",
        EventName = "ChunkTooLarge")]
    public static partial void ChunkTooLarge(ILogger logger);

    [LoggerMessage(
        22, LogLevel.Warning,
        "Nothing was read of a provider's answer of type {ContentType}: it was passed on as it is, and its span has no model and "
        + "no tokens. What is read are server-sent events, JSON lines, and JSON, of the dialects of LlmDialect: ask the provider "
        + "for one of them (Gemini: alt=sse), and name LlmCall.Dialect where the first chunks do not show it.",
        EventName = "UpstreamNotRead")]
    public static partial void UpstreamNotRead(ILogger logger, string contentType);
}
