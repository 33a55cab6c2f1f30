using System.Runtime.CompilerServices;
using LlmTracing.Streaming.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace LlmTracing.Streaming.Sse;

/// <summary>Says what in an app's pipeline is in the way of its traced streams, each once for each host.</summary>
internal static class PipelineCheck
{
    // A host's loggers are its own, and live as long as it does.
    private static readonly ConditionalWeakTable<ILoggerFactory, object> ToldOfMissing = [];
    private static readonly ConditionalWeakTable<ILoggerFactory, object> ToldOfEncoding = [];

    /// <summary>Warns where <c>app.UseLlmTracing()</c> has not seen a request, though its services are there.</summary>
    /// <param name="context">The request.</param>
    /// <param name="method">The name of the method that made the result.</param>
    public static void WarnIfNotSeen(HttpContext context, string method)
    {
        // Who adds no services wants no traces, or has a reason to leave them out here.
        if (context.Features.Get<ILlmTraceFeature>() is null
            && context.RequestServices.GetService<StreamMetrics>() is not null)
        {
            Tell(context, ToldOfMissing, logger => Log.RequestNotSeen(logger, method));
        }
    }

    /// <summary>Warns where a middleware encodes a response of events.</summary>
    public static void WarnIfEncoded(HttpContext context)
    {
        if (context.Response.Headers[HeaderNames.ContentEncoding] is [{ } encoding, ..] && encoding != "identity")
        {
            Tell(context, ToldOfEncoding, logger => Log.ResponseEncoded(logger, encoding));
        }
    }

    private static void Tell(HttpContext context, ConditionalWeakTable<ILoggerFactory, object> told, Action<ILogger> tell)
    {
        var loggers = Log.LoggersOf(context.RequestServices);
        if (told.TryAdd(loggers, told))
        {
            tell(Log.For(loggers));
        }
    }
}
