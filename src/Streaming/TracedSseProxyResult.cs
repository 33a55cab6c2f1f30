using System.Reflection;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Proxy;
using LlmTracing.Streaming.Sse;
using LlmTracing.Streaming.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmTracing;

/// <summary>Passes a provider's streamed response through, byte for byte, and traces it from its first pull to its end.</summary>
/// <remarks>
/// An endpoint whose return type names it describes itself: 200 and <c>text/event-stream</c>. Its requests do not wait for
/// one another in an output cache. A login by cookie answers those it refuses with 401 or 403, not with a page.
/// </remarks>
public sealed class TracedSseProxyResult : IResult, IStatusCodeHttpResult, IContentTypeHttpResult, IEndpointMetadataProvider
{
    private static readonly TracedSseOptions Unset = new();

    private readonly HttpResponseMessage _upstream;
    private readonly LlmCall _call;
    private readonly SpanParent _madeUnder;
    private readonly TracedSseOptions? _options;

    internal TracedSseProxyResult(HttpResponseMessage upstream, LlmCall call, TracedSseOptions? options)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        ArgumentNullException.ThrowIfNull(call);
        if (options is not null && new TracedSseOptionsValidator().Validate(null, options) is { Failed: true } invalid)
        {
            throw new ArgumentException(invalid.FailureMessage, nameof(options));
        }

        (_upstream, _call, _options) = (upstream, WithServer(call, upstream.RequestMessage?.RequestUri), options);
        _madeUnder = SpanParent.FindAtCall(_call);
    }

    /// <summary>Gets the status code: the provider's.</summary>
    public int? StatusCode => (int)_upstream.StatusCode;

    /// <summary>Gets the content type: the provider's.</summary>
    public string? ContentType => _upstream.Content.Headers.ContentType?.ToString();

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var services = httpContext.RequestServices;
        var body = new UpstreamBody(_upstream, _call.Dialect, Log.LoggersOf(services));
        try
        {
            PipelineCheck.WarnIfNotSeen(httpContext, "Results.TracedSseProxy");
            var defaults = services.GetService<IOptions<LlmTracingOptions>>()?.Value.Sse;

            // No heartbeat: it would be a byte of ours among the provider's.
            var settings = new SseSettings(_options ?? Unset, defaults ?? Unset) { Heartbeat = Timeout.InfiniteTimeSpan };
            var wire = new ProxyWire(httpContext, _upstream);
            await (SseRefusal.TryAnswerStopping(httpContext, settings)
                ?? new SseSession<UpstreamBody>(httpContext, body, wire, _call, _madeUnder, settings).RunAsync());
        }
        finally
        {
            // One that was pulled is closed by its session, which may go on without the request.
            if (!body.IsEnumerated)
            {
                await body.DisposeAsync();
            }
        }
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        SseMetadata.Add(method, typeof(TracedSseProxyResult), data: null, builder);

    private static LlmCall WithServer(LlmCall call, Uri? uri) =>
        call.ServerAddress is not null || uri is not { IsAbsoluteUri: true }
            ? call
            : call with { ServerAddress = uri.Host, ServerPort = call.ServerPort ?? uri.Port };
}
