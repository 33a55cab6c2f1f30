using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Starts the span of a request where the server has made none, as servers of one's own may not.</summary>
internal static class ServerActivity
{
    private static readonly ActivitySource Source = new(LlmTrace.SourceName);

    public static Activity? Start(HttpContext context)
    {
        DistributedContextPropagator.Current.ExtractTraceIdAndState(
            context.Request.Headers, GetHeader, out var traceParent, out var traceState);
        var isContinued = ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent);
        return Source.StartActivity("LlmTracing.HttpRequestIn", ActivityKind.Server, isContinued ? parent : default);
    }

    private static void GetHeader(
        object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        value = ((IHeaderDictionary)carrier!)[name];
        values = null;
    }
}
