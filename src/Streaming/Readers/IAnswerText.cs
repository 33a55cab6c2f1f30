namespace LlmTracing.Streaming.Readers;

/// <summary>Takes the visible text of an answer, piece by piece, where anyone wants it.</summary>
internal interface IAnswerText
{
    /// <summary>Takes the next piece.</summary>
    /// <param name="choice">Which of several answers it belongs to, the first being 0.</param>
    /// <param name="text">The piece; its memory is used again.</param>
    void Append(int choice, ReadOnlySpan<char> text);
}
