using System.Buffers;

namespace LlmTracing.Streaming.Content;

/// <summary>Cuts text between characters, never within one.</summary>
internal static class TextCut
{
    public static readonly SearchValues<char> WhiteSpace = SearchValues.Create(" \t\r\n");

    // Names and ids are a provider's, or the app's: short, unless something is wrong.
    private const int MostNameCharacters = 256;

    /// <summary>Gives a name, cut where it is none any more.</summary>
    public static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> name) => name[..LengthOf(name, MostNameCharacters)];

    /// <inheritdoc cref="NameOf(ReadOnlySpan{char})"/>
    public static string? NameOf(string? name) => name is null || name.Length <= MostNameCharacters ? name : NameOf(name.AsSpan()).ToString();

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
