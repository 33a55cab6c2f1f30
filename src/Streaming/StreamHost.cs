using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming;

/// <summary>What a stream has of its request and its host, taken when it is made: it may outlive both.</summary>
/// <param name="Loggers">The loggers.</param>
/// <param name="Metrics">What counts the host's streams.</param>
/// <param name="Accounting">What prices the host's calls, if the host is known.</param>
/// <param name="ClientLeft">What is cancelled when the client of the response leaves; it never is outside of a request.</param>
internal readonly record struct StreamHost(
    ILoggerFactory Loggers, StreamMetrics Metrics, UsageAccounting? Accounting, CancellationToken ClientLeft)
{
    public static StreamHost Of(IServiceProvider? requestServices, CancellationToken clientLeft) =>
        new(Log.LoggersOf(requestServices), StreamMetrics.Of(requestServices), UsageAccounting.Of(requestServices), clientLeft);
}
