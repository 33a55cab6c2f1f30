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

        /// <summary>Passes a provider's streamed response through, byte for byte, under a span.</summary>
        /// <param name="upstream">
        /// The provider's response, of any status. Send its request with
        /// <see cref="System.Net.Http.HttpCompletionOption.ResponseHeadersRead"/>: else all of the answer is waited for
        /// before its first byte goes on. It is disposed of when the stream ends, however it ends; when the client leaves, the
        /// connection to the provider is closed, unless <see cref="TracedSseOptions.OnDisconnect"/> says otherwise.
        /// </param>
        /// <param name="call">
        /// What was asked, for the span's name and attributes. Where it names no server, that of the request is taken.
        /// </param>
        /// <param name="options">
        /// Settings of this response; by default those of <see cref="LlmTracingOptions.Sse"/>. Those for what this library
        /// would write into a stream do nothing here: heartbeat, event ids, retry, completion.
        /// </param>
        /// <returns>
        /// A result with the provider's status and those of its headers that are for the client; a provider that refused
        /// fails the span with that status. Events or lines are read as they pass for model, tokens, finish reason, tools
        /// and errors. If the provider fails in mid-stream, the connection to the client is aborted, so that its answer is
        /// not taken for a whole one.
        /// </returns>
        public static TracedSseProxyResult TracedSseProxy(
            HttpResponseMessage upstream, LlmCall call, TracedSseOptions? options = null) =>
            new(upstream, call, options);
    }
}
