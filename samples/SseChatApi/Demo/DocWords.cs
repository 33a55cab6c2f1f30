using System.Text.RegularExpressions;

namespace SseChatApi.Demo;

/// <summary>The words a text can be found by: lower case, without stop words and common endings.</summary>
internal static partial class DocWords
{
    private static readonly HashSet<string> StopWords =
    [
        .. ("a about after all also an and any are as at be been before but by can could did do does each explain for "
            + "from get give had happen happening happens has have how i if in into is it its just let like many may "
            + "me mean means much my no not of on one or our please shall should show so some tell than that the "
            + "their them then there these they this those to up us use used using want was we what when where "
            + "which while who why will with would you your").Split(' '),
    ];

    /// <summary>Reads the words of a text in its order; an identifier gives itself, then its parts.</summary>
    public static IEnumerable<string> Of(string text) =>
        from Match identifier in Identifier().Matches(text)
        from word in WholeAndParts(identifier.Value)
        let lower = word.ToLowerInvariant()
        where lower.Length > 1 && !StopWords.Contains(lower)
        select WordStem.Of(lower);

    private static IEnumerable<string> WholeAndParts(string identifier)
    {
        string[] names = identifier.Split('.', '_');
        if (names.Length > 1)
        {
            yield return identifier;
        }

        foreach (var name in names)
        {
            var parts = CamelCasePart().Matches(name);
            if (parts.Count != 1)
            {
                yield return name;
            }

            foreach (Match part in parts)
            {
                yield return part.Value;
            }
        }
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+(?:[._]+[\p{L}\p{N}]+)*")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}]+|\p{Lu}")]
    private static partial Regex CamelCasePart();
}
