using System.Buffers;

namespace SseChatApi.Demo;

/// <summary>Takes common English endings off, so that 'counted', 'counts' and 'count' are one word.</summary>
internal static class WordStem
{
    private const int ShortestStem = 3;

    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    /// <summary>Gets the stem of a lower-case word; it need not be a word itself.</summary>
    public static string Of(string word)
    {
        if (word.Length <= ShortestStem || !word.All(char.IsLetter))
        {
            return word;
        }

        var stem = WithoutTense(WithoutPlural(word));

        // Both are lost in other forms of a word ('trace', 'tracing'; 'run', 'running'), so every form loses them.
        stem = stem.Length > ShortestStem && stem[^1] == 'e' ? stem[..^1] : stem;
        return stem.Length > ShortestStem && stem[^1] == stem[^2] ? stem[..^1] : stem;
    }

    private static string WithoutPlural(string word) => word switch
    {
        [.., 'i', 'e', 's'] => word[..^3] + "y",
        [.., 's' or 'x' or 'z', 'e', 's'] or [.., 'c' or 's', 'h', 'e', 's'] => word[..^2],
        [.., 's' or 'u' or 'i', 's'] => word,
        [.., 's'] => word[..^1],
        _ => word,
    };

    private static string WithoutTense(string word) => word switch
    {
        [.., 'i', 'e', 'd'] => word[..^3] + "y",
        [.., 'e', 'd'] when IsStem(word.AsSpan(0, word.Length - 2)) => word[..^2],
        [.., 'i', 'n', 'g'] when IsStem(word.AsSpan(0, word.Length - 3)) => word[..^3],
        _ => word,
    };

    private static bool IsStem(ReadOnlySpan<char> rest) => rest.Length >= ShortestStem && rest.ContainsAny(Vowels);
}
