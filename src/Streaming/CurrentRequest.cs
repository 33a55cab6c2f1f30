using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Streaming;

/// <summary>What is known of the request that this code runs for, by any of its flows and at the same time.</summary>
/// <remarks>
/// The properties of HttpContext itself are not made for that: they keep features in a cache, which one flow may reset
/// while another reads it, and then throw a NullReferenceException.
/// </remarks>
internal static class CurrentRequest
{
    // The accessor's instances share one AsyncLocal; it is filled where AddLlmTracing registered the accessor.
    private static readonly HttpContextAccessor Accessor = new();

    public static Activity? Transaction => Read(static features => features.Get<ILlmTraceFeature>()?.Transaction);

    /// <summary>Gets what is cancelled when the request's client leaves; it never is outside of a request.</summary>
    public static CancellationToken ClientLeft =>
        Read(static features => features.Get<IHttpRequestLifetimeFeature>()?.RequestAborted) ?? default;

    /// <summary>Gets the loggers of the request's host, if its services were asked for: app.UseLlmTracing() does so.</summary>
    public static ILoggerFactory Loggers =>
        Read(static features => Log.LoggersOf(features.Get<IServiceProvidersFeature>()?.RequestServices))
        ?? NullLoggerFactory.Instance;

    /// <summary>Gets what counts the streams of the request's host; outside of a request, those of the process.</summary>
    public static StreamMetrics Metrics =>
        Read(static features => StreamMetrics.Of(features.Get<IServiceProvidersFeature>()?.RequestServices))
        ?? StreamMetrics.OfProcess;

    /// <summary>Gets what prices the calls of the request's host; null outside of a request.</summary>
    public static UsageAccounting? Accounting =>
        Read(static features => UsageAccounting.Of(features.Get<IServiceProvidersFeature>()?.RequestServices));

    /// <summary>Gets all that a stream has of them, for what reading one of them costs; outside of a request, the process's.</summary>
    public static StreamHost Host =>
        Read(static features => (StreamHost?)StreamHost.Of(
            features.Get<IServiceProvidersFeature>()?.RequestServices,
            features.Get<IHttpRequestLifetimeFeature>()?.RequestAborted ?? default))
        ?? StreamHost.Of(null, default);

    private static T? Read<T>(Func<IFeatureCollection, T?> read)
    {
        if (Accessor.HttpContext is not { } request)
        {
            return default;
        }

        try
        {
            var value = read(request.Features);

            // The server uses the objects of a request again for the connection's next, which may have begun meanwhile. It
            // takes the one that has ended from the accessor of all its flows before, and never gives it back to them.
            Volatile.ReadBarrier();
            return IsCurrent(request) ? value : default;
        }
        catch (Exception exception) when (exception is ObjectDisposedException || !IsCurrent(request))
        {
            // The request has ended since: a flow of its that outlives it is now without one.
            return default;
        }
    }

    private static bool IsCurrent(HttpContext request) => ReferenceEquals(Accessor.HttpContext, request);
}
