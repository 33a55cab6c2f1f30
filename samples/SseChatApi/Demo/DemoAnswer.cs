namespace SseChatApi.Demo;

/// <summary>Writes the demo model's answer: an opening, a quotation, and where it stands.</summary>
internal static class DemoAnswer
{
    /// <summary>The longest answer; at the pace of <see cref="DemoPace"/> about four seconds.</summary>
    public const int MaxTokens = 120;

    private const string Examples =
        """
        - How do I start?
        - What happens when the client disconnects?
        - How are tokens counted?
        """;

    private const string Hello =
        $"""
        Hello! I am a scripted model: no key, no network. I answer from this project's documents. You could ask me:

        {Examples}
        """;

    private const string NothingFound =
        $"""
        I found nothing about that in this project's documents, which are all I know. You could ask me:

        {Examples}
        """;

    /// <summary>Answers a question from sections given best first.</summary>
    public static string To(string question, IReadOnlyList<DocSection> sections)
    {
        var asked = new DemoQuestion(question);
        if (asked.IsGreeting)
        {
            return Hello;
        }

        return sections.Count == 0 ? NothingFound : Quote(asked, sections);
    }

    private static string Quote(DemoQuestion question, IReadOnlyList<DocSection> sections)
    {
        foreach (var section in sections)
        {
            var sources = Sources(section, sections, question);
            var frame = $"{question.Opening}\n\n\n\n{sources}";
            var passage = DemoPassage.From(section, question, MaxTokens - DemoTokens.Count(frame) - 1);
            if (passage.Length > 0)
            {
                return $"{question.Opening}\n\n{passage}\n\n{sources}";
            }
        }

        return $"This is too long to quote here. {Source("See", sections[0])}";
    }

    private static string Sources(DocSection quoted, IEnumerable<DocSection> sections, DemoQuestion question)
    {
        var matches = question.MatchesIn(quoted.Heading + "\n" + quoted.Text);
        var other = sections.FirstOrDefault(section =>
            section != quoted
            && question.MatchesIn(section.Title) > 0
            && question.MatchesIn(section.Heading + "\n" + section.Text) >= matches);
        var source = Source("See", quoted);
        return other is null ? source : $"{source} {Source("See also", other)}";
    }

    private static string Source(string verb, DocSection section) =>
        $"{verb} {section.Source}, \"{section.Title}\".";
}
