using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Net.Http.Headers;

namespace LlmTracing.Streaming.Sse;

/// <summary>Prepares a response for events that must reach the reader one by one.</summary>
internal static class SseHeaders
{
    public static void Apply(HttpContext context)
    {
        PipelineCheck.WarnIfEncoded(context);
        context.Response.ContentType = "text/event-stream";
        ApplyUnbuffered(context);
    }

    /// <summary>Says to all that stands between that nothing may be kept or held back, whatever the response's type.</summary>
    public static void ApplyUnbuffered(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers[HeaderNames.CacheControl] = "no-cache, no-store";

        // Else compression, here or in a proxy, would work on events too small to gain by it, and may hold them back. A
        // middleware that compresses by itself has said so by now: what it said stays true.
        headers.TryAdd(HeaderNames.ContentEncoding, "identity");

        // nginx holds back what it proxies until a buffer is full, unless it is told not to.
        headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // An output cache looks at no header. Said before the first byte, it keeps no copy in memory either.
        if (context.Features.Get<IOutputCacheFeature>() is { } cache)
        {
            cache.Context.AllowCacheStorage = false;
        }
    }
}
