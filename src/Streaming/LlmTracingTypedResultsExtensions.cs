using System.Net.ServerSentEvents;
using LlmTracing;

namespace Microsoft.AspNetCore.Http;

/// <summary>Adds streamed, traced answers to <see cref="TypedResults"/>.</summary>
public static class LlmTracingTypedResultsExtensions
{
    extension(TypedResults)
    {
        /// <summary>Streams an answer as server-sent events, one for each chunk, under a span of its own.</summary>
        /// <typeparam name="T">The type of one chunk: text is sent as it is, anything else as JSON.</typeparam>
        /// <param name="stream">
        /// The chunks. It is enumerated once, when the result executes, and disposed then. Its token is cancelled when
        /// the client leaves. Nothing is buffered beyond what is ready at once.
        /// </param>
        /// <param name="call">What was asked, for the span's name and attributes.</param>
        /// <param name="options">Settings of this response; by default those of <see cref="LlmTracingOptions.Sse"/>.</param>
        /// <returns>
        /// A result that ends with an event <c>done</c>. If the stream throws, the response, whose status has long been
        /// sent, ends with an event <c>error</c> instead; the exception is logged, and its text sent only in Development.
        /// </returns>
        public static TracedSseResult<T, T> TracedSse<T>(
            IAsyncEnumerable<T> stream, LlmCall? call = null, TracedSseOptions? options = null) =>
            new(stream, static chunk => new SseItem<T>(chunk), call, options);

        /// <summary>Streams an answer that comes as server-sent events, with their types and ids, under a span.</summary>
        /// <typeparam name="T">The type of an event's data: text is sent as it is, anything else as JSON.</typeparam>
        /// <inheritdoc cref="LlmTracingTypedResultsExtensions.TracedSse{T}(IAsyncEnumerable{T}, LlmCall, TracedSseOptions)"/>
        public static TracedSseResult<SseItem<T>, T> TracedSse<T>(
            IAsyncEnumerable<SseItem<T>> stream, LlmCall? call = null, TracedSseOptions? options = null) =>
            new(stream, static item => item, call, options);

        /// <summary>Streams an answer as the events that <paramref name="toWire"/> makes of its chunks, under a span.</summary>
        /// <typeparam name="T">The type of one chunk.</typeparam>
        /// <typeparam name="TWire">The type of an event's data: text is sent as it is, anything else as JSON.</typeparam>
        /// <param name="stream">The chunks, as for the other shapes.</param>
        /// <param name="toWire">
        /// Makes the event for a chunk. For null nothing is sent; the chunk is read for model, tokens and finish reason
        /// all the same. It runs outside the stream: the request's span is current. The compiler infers
        /// <typeparamref name="TWire"/> from a method that returns <c>SseItem&lt;string&gt;?</c>; for a lambda that
        /// makes an item, name the types.
        /// </param>
        /// <param name="call">What was asked, for the span's name and attributes.</param>
        /// <param name="options">Settings of this response; by default those of <see cref="LlmTracingOptions.Sse"/>.</param>
        /// <inheritdoc cref="LlmTracingTypedResultsExtensions.TracedSse{T}(IAsyncEnumerable{T}, LlmCall, TracedSseOptions)"/>
        public static TracedSseResult<T, TWire> TracedSse<T, TWire>(
            IAsyncEnumerable<T> stream,
            Func<T, SseItem<TWire>?> toWire,
            LlmCall? call = null,
            TracedSseOptions? options = null) =>
            new(stream, toWire, call, options);
    }
}
