using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Sse;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Streaming.Proxy;

/// <summary>A provider's response as it is: no byte is added to it.</summary>
internal sealed class ProxyWire(HttpContext context, HttpResponseMessage upstream) : IChunkWire<UpstreamBody>
{
    public string MethodName => "Results.TracedSseProxy";

    public bool PassesErrorsOn => true;

    public void Begin(SseFrameWriter frames) => UpstreamHeaders.Apply(context, upstream);

    public void Write(UpstreamBody chunk, SseOutput output) => output.Write(chunk.Piece.Span);

    public void Complete(SseFrameWriter frames, StreamTrace trace, string? traceId)
    {
        // The end of the body says so.
    }

    public async Task CutShortAsync(SseOutput output, SseError error, TimeSpan? retry)
    {
        await output.FlushAsync();

        // Else the body would end as a whole one does.
        context.Abort();
    }
}
