using LlmTracing.Streaming.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming;

/// <summary>What is known of the request that this code runs for, by any of its flows and at the same time.</summary>
/// <remarks>
/// The properties of HttpContext itself are not made for that: they keep features in a cache, which one flow may reset
/// while another reads it, and then throw a NullReferenceException.
/// </remarks>
internal static class CurrentRequest
{
    /// <summary>Gets what is cancelled when the request's client leaves; it never is outside of a request.</summary>
    public static CancellationToken ClientLeft =>
        LlmTrace.HttpContext?.Features.Get<IHttpRequestLifetimeFeature>()?.RequestAborted ?? default;

    /// <summary>Gets the loggers of the request's host, if its services were asked for: app.UseLlmTracing() does so.</summary>
    public static ILoggerFactory Loggers =>
        Log.LoggersOf(LlmTrace.HttpContext?.Features.Get<IServiceProvidersFeature>()?.RequestServices);
}
