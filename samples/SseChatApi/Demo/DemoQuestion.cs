using System.Text.RegularExpressions;

namespace SseChatApi.Demo;

/// <summary>What the demo model understands of a question.</summary>
internal sealed partial class DemoQuestion(string text)
{
    private static readonly (string Start, string Opening)[] Openings =
    [
        ("how do i ", "Here is how to do that."),
        ("how can i ", "Here is how to do that."),
        ("how to ", "Here is how to do that."),
        ("how ", "Here is how it works."),
        ("what happens ", "Here is what happens."),
        ("what is ", "Here is what the documents say."),
        ("why ", "There is a reason for that."),
        ("where ", "Here is where to look."),
        ("", "Here is what I found in the documents."),
    ];

    private readonly HashSet<string> _words = [.. DocWords.Of(text)];

    public bool IsGreeting => Greeting().IsMatch(text);

    /// <summary>Gets the sentence an answer to this question begins with.</summary>
    public string Opening
    {
        get
        {
            var start = text.TrimStart().ToLowerInvariant();
            return Openings.First(opening => start.StartsWith(opening.Start, StringComparison.Ordinal)).Opening;
        }
    }

    /// <summary>Counts how many different words of the question occur in a text.</summary>
    public int MatchesIn(string passage) => DocWords.Of(passage).Distinct().Count(_words.Contains);

    /// <summary>Says whether a heading names all that is asked for.</summary>
    public bool IsCoveredBy(string heading) => MatchesIn(heading) == _words.Count;

    [GeneratedRegex(
        @"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening|day))\b(?:\W+\w+)?\W*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Greeting();
}
