using System.Net.ServerSentEvents;
using System.Reflection;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Sse;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmTracing;

/// <summary>Writes a streamed answer as server-sent events, and traces it from its first pull to its end.</summary>
/// <typeparam name="T">The type of one chunk of the source.</typeparam>
/// <typeparam name="TWire">The type of an event's data: text as it is, anything else as JSON.</typeparam>
/// <remarks>
/// An endpoint whose return type names it describes itself: 200, <c>text/event-stream</c>, and
/// <typeparamref name="TWire"/> as the schema of an event's data. Its requests do not wait for one another in an output
/// cache. A login by cookie answers those it refuses with 401 or 403, not with a page.
/// </remarks>
public sealed class TracedSseResult<T, TWire>
    : IResult, IStatusCodeHttpResult, IContentTypeHttpResult, IEndpointMetadataProvider
{
    private static readonly TracedSseOptions Unset = new();

    private readonly IAsyncEnumerable<T> _stream;
    private readonly Func<T, SseItem<TWire>?> _toWire;
    private readonly LlmCall _call;
    private readonly SpanParent _madeUnder;
    private readonly TracedSseOptions? _options;

    internal TracedSseResult(
        IAsyncEnumerable<T> stream, Func<T, SseItem<TWire>?> toWire, LlmCall? call, TracedSseOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(toWire);
        if (options is not null && new TracedSseOptionsValidator().Validate(null, options) is { Failed: true } invalid)
        {
            throw new ArgumentException(invalid.FailureMessage, nameof(options));
        }

        (_stream, _toWire, _call, _options) = (stream, toWire, call ?? new LlmCall(), options);
        _madeUnder = SpanParent.FindAtCall(_call);
    }

    /// <summary>Gets the status code: 200.</summary>
    public int? StatusCode => StatusCodes.Status200OK;

    /// <summary>Gets the content type: <c>text/event-stream</c>.</summary>
    public string? ContentType => "text/event-stream";

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        PipelineCheck.WarnIfNotSeen(httpContext, "Results.TracedSse");
        var defaults = httpContext.RequestServices.GetService<IOptions<LlmTracingOptions>>()?.Value.Sse;
        var settings = new SseSettings(_options ?? Unset, defaults ?? Unset);
        return SseRefusal.TryAnswer(httpContext, settings) is { } answered
            ? answered
            : new SseSession<T>(
                httpContext, _stream, new SseWire<T, TWire>(httpContext, _toWire, settings), _call, _madeUnder, settings).RunAsync();
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        SseMetadata.Add(method, typeof(TracedSseResult<T, TWire>), typeof(TWire), builder);
}
