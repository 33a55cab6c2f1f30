using LlmTracing.Streaming.Flow;

namespace LlmTracing;

/// <summary>An error that a provider reported inside its stream, in place of the rest of the answer.</summary>
/// <remarks>
/// It is not thrown: it is what the span of such a stream fails with, when the stream itself ends as if nothing had been.
/// </remarks>
public sealed class LlmStreamException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="type">Its type in the provider's words, for example <c>overloaded_error</c>, if it has one.</param>
    /// <param name="message">The provider's message.</param>
    public LlmStreamException(string? type, string? message)
        : base(message ?? "The provider reported an error inside its stream.") => Type = type;

    /// <summary>Gets the error's type in the provider's words; becomes <c>error.type</c>.</summary>
    /// <value>On the span, and on metrics, its first 128 characters.</value>
    public string? Type { get; }

    /// <summary>Gets the HTTP status that the provider would have refused the request with.</summary>
    /// <value>By its type: 429 for <c>rate_limit_error</c>, say. Null for a type that stands for none.</value>
    public int? StatusCode => StreamErrorStatus.Of(Type);
}
