using Microsoft.Extensions.Logging;

namespace LlmTracing.SentrySdk.Telemetry;

/// <summary>The log messages of LlmTracing.SentrySdk, event ids 300 to 399.</summary>
internal static partial class Log
{
    public const string Category = "LlmTracing.SentrySdk";

    [LoggerMessage(
        300, LogLevel.Warning,
        "Sentry.Extensions.AI traces a call that LlmTracing traces too. What it made of it is not sent, for its tokens would count "
        + "twice. Remove AddSentry() from the chat client.",
        EventName = "CallTracedTwice")]
    public static partial void CallTracedTwice(ILogger logger);

    [LoggerMessage(
        301, LogLevel.Warning,
        "UseSentryTracing() in a branch of the app makes a transaction of a request that app.UseLlmTracing() makes one of too. The "
        + "SDK's is not sent. Remove UseSentryTracing().",
        EventName = "RequestTracedTwice")]
    public static partial void RequestTracedTwice(ILogger logger);
}
