using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Starts the span of a request where the server has made none, as servers of one's own may not.</summary>
internal static class ServerActivity
{
    private static readonly ActivitySource Source = new(LlmTrace.SourceName);

    public static Activity? Start(HttpContext context)
    {
        var propagator = context.RequestServices?.GetService<DistributedContextPropagator>()
            ?? DistributedContextPropagator.Current;
        var headers = context.Request.Headers;
        propagator.ExtractTraceIdAndState(headers, GetHeader, out var traceParent, out var traceState);
        var isContinued = ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent);
        var activity = Source.CreateActivity(
            "LlmTracing.HttpRequestIn", ActivityKind.Server, isContinued ? parent : default);
        foreach (var (key, value) in propagator.ExtractBaggage(headers, GetHeader) ?? [])
        {
            activity?.AddBaggage(key, value);
        }

        return activity?.Start();
    }

    private static void GetHeader(
        object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        value = ((IHeaderDictionary)carrier!)[name];
        values = null;
    }
}
