using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;

namespace LlmTracing.Streaming.Sse;

/// <summary>Prepares a response for events that must reach the reader one by one.</summary>
internal static class SseHeaders
{
    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        context.Response.ContentType = "text/event-stream";
        headers[HeaderNames.CacheControl] = "no-cache, no-store";

        // nginx holds back what it proxies until a buffer is full, unless it is told not to.
        headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // A timeout for requests would cut off an answer that is merely long.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
    }
}
