using LlmTracing.Streaming.Flow;

namespace LlmTracing;

/// <summary>Traces a streamed answer, whatever carries it to its reader.</summary>
public static class LlmStreamExtensions
{
    private static readonly LlmCall UnknownCall = new();

    /// <summary>Gives every enumeration of a stream its own span, current in the stream's code and only there.</summary>
    /// <typeparam name="T">The type of one chunk.</typeparam>
    /// <param name="stream">The chunks as they come from the provider. Nothing is buffered.</param>
    /// <param name="call">What was asked, for the span's name and attributes.</param>
    /// <returns>
    /// The same chunks. The span starts with the first pull and ends with the last, with a failure, or when the
    /// consumer breaks off and disposes the enumerator, as <c>await foreach</c> does. A stream that is never pulled
    /// has none. The token of the enumeration reaches <paramref name="stream"/>; exceptions pass through unchanged.
    /// </returns>
    /// <remarks>
    /// What an async iterator sets in AsyncLocals, its child spans included, lasts over each yield that it reached
    /// after waiting. Over a yield reached without waiting, or so soon that nobody waited for it yet, the runtime itself
    /// undoes it; the stream's span stays current.
    /// </remarks>
    public static IAsyncEnumerable<T> TraceLlm<T>(this IAsyncEnumerable<T> stream, LlmCall? call = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new TracedStream<T>(stream, call ?? UnknownCall);
    }
}
