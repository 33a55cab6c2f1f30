using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace SseChatApi.Demo;

/// <summary>How the sections found for a question are handed to a model, scripted or real.</summary>
internal static partial class DemoPrompt
{
    private const string Instruction =
        "Answer the question from the sections of the project's documents below, and name the section you used. "
        + "If they do not answer it, say so.";

    /// <summary>Writes the messages to send: instruction and sections, best first, then the question.</summary>
    public static IReadOnlyList<ChatMessage> For(string question, IReadOnlyList<DocHit> hits)
    {
        var system = new StringBuilder(Instruction);
        foreach (var (source, heading, text) in hits.Select(hit => hit.Section))
        {
            system.Append($"\n\n<section source=\"{source}\" heading=\"{heading}\">\n{text}\n</section>");
        }

        return [new ChatMessage(ChatRole.System, system.ToString()), new ChatMessage(ChatRole.User, question)];
    }

    /// <summary>Reads the question back: the last message of the user, or nothing.</summary>
    public static string QuestionIn(IEnumerable<ChatMessage> messages) =>
        messages.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "";

    /// <summary>Reads the sections back, in the order they were given.</summary>
    public static IReadOnlyList<DocSection> SectionsIn(IEnumerable<ChatMessage> messages) =>
    [
        .. from message in messages
           where message.Role == ChatRole.System
           from Match section in Section().Matches(message.Text)
           select new DocSection(
               section.Groups["source"].Value, section.Groups["heading"].Value, section.Groups["text"].Value),
    ];

    [GeneratedRegex(
        """^<section source="(?<source>[^"\n]*)" heading="(?<heading>[^\n]*)">\n(?<text>(?s:.*?))\n</section>$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Section();
}
