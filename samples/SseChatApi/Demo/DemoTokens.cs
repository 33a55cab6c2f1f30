using System.Text.RegularExpressions;

namespace SseChatApi.Demo;

/// <summary>The demo model's tokenizer: a word with the space after it, or a line break with its indentation.</summary>
internal static partial class DemoTokens
{
    /// <summary>Splits a text into tokens; joined again, they are exactly the text.</summary>
    public static IEnumerable<string> Of(string text) => Token().Matches(text).Select(match => match.Value);

    public static int Count(string text) => Token().Count(text);

    [GeneratedRegex(@"\S+[^\S\n]*|\s+")]
    private static partial Regex Token();
}
