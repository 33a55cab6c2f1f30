using LlmTracing.Streaming.Accounts;

namespace LlmTracing;

/// <summary>
/// Estimates tokens by the classes of a text's characters, alike for every model and however the text is cut.
/// </summary>
/// <remarks>
/// A token is: up to 7 basic Latin letters of a word with the space before it; 2 letters of another alphabet, or Latin ones
/// with marks; 1 Han, Kana or Hangul character; up to 3 digits; up to 2 punctuation marks; a line break, or any further run
/// of spaces. An emoji or another character outside of the basic plane is 3, other symbols are 2.
/// Over the 33 streams in <c>tests/fixtures/streams</c> that tell both text and tokens it is 16 % too low in all, 21 % off in
/// the median and 71 % at the worst, on an answer of two words. Their counts were written for the tests.
/// </remarks>
public sealed class UnicodeTokenEstimator : ITokenEstimator
{
    /// <inheritdoc/>
    public ITokenEstimate Begin(string? model) => new UnicodeTokenEstimate();
}
