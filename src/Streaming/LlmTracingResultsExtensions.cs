using System.Net.ServerSentEvents;
using LlmTracing;

namespace Microsoft.AspNetCore.Http;

/// <summary>Adds streamed, traced answers to <see cref="Results"/>.</summary>
/// <remarks>
/// They return <see cref="IResult"/>, which tells nothing of the endpoint. So that OpenAPI shows its events, add
/// <c>.Produces&lt;T&gt;(200, "text/event-stream")</c> with the type of their data, in controllers
/// <c>[ProducesResponseType&lt;T&gt;(200, "text/event-stream")]</c>; or return what <see cref="TypedResults"/> gives,
/// which says so by itself.
/// </remarks>
public static class LlmTracingResultsExtensions
{
    extension(Results)
    {
        /// <inheritdoc cref="LlmTracingTypedResultsExtensions.TracedSse{T}(IAsyncEnumerable{T}, LlmCall, TracedSseOptions)"/>
        public static IResult TracedSse<T>(
            IAsyncEnumerable<T> stream, LlmCall? call = null, TracedSseOptions? options = null) =>
            TypedResults.TracedSse(stream, call, options);

        /// <inheritdoc cref="LlmTracingTypedResultsExtensions.TracedSse{T}(IAsyncEnumerable{SseItem{T}}, LlmCall, TracedSseOptions)"/>
        public static IResult TracedSse<T>(
            IAsyncEnumerable<SseItem<T>> stream, LlmCall? call = null, TracedSseOptions? options = null) =>
            TypedResults.TracedSse(stream, call, options);

        /// <inheritdoc cref="LlmTracingTypedResultsExtensions.TracedSse{T, TWire}"/>
        public static IResult TracedSse<T, TWire>(
            IAsyncEnumerable<T> stream,
            Func<T, SseItem<TWire>?> toWire,
            LlmCall? call = null,
            TracedSseOptions? options = null) =>
            TypedResults.TracedSse(stream, toWire, call, options);

        /// <inheritdoc cref="LlmTracingTypedResultsExtensions.TracedSseProxy"/>
        public static IResult TracedSseProxy(
            HttpResponseMessage upstream, LlmCall call, TracedSseOptions? options = null) =>
            TypedResults.TracedSseProxy(upstream, call, options);
    }
}
