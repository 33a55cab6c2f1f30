namespace LlmTracing;

/// <summary>Estimates the tokens of one text that comes piece by piece.</summary>
/// <remarks>It runs on the path of every chunk: it should neither allocate nor keep the text.</remarks>
public interface ITokenEstimate
{
    /// <summary>Gets the tokens of the pieces so far.</summary>
    long Tokens { get; }

    /// <summary>Takes the next piece, which may begin and end within a word.</summary>
    /// <param name="text">The piece; its memory is used again.</param>
    void Append(ReadOnlySpan<char> text);
}
