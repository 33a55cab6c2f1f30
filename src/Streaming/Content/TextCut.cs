namespace LlmTracing.Streaming.Content;

/// <summary>Cuts text between characters, never within one.</summary>
internal static class TextCut
{
    /// <summary>Gives how much of a text to keep: at most so much, and no half of a surrogate pair.</summary>
    public static int LengthOf(ReadOnlySpan<char> text, int most)
    {
        if (text.Length <= most)
        {
            return text.Length;
        }

        return most > 0 && char.IsHighSurrogate(text[most - 1]) && char.IsLowSurrogate(text[most]) ? most - 1 : most;
    }
}
