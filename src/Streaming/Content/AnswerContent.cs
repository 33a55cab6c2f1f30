using System.Diagnostics;
using System.Text;

namespace LlmTracing.Streaming.Content;

/// <summary>
/// Keeps what an answer says while it passes by, as much as may be recorded of it: the text of each choice, and the arguments
/// of each tool call.
/// </summary>
internal sealed class AnswerContent(ContentRules rules)
{
    private readonly SortedDictionary<int, StringBuilder> _texts = [];
    private readonly SortedDictionary<int, StringBuilder> _arguments = [];
    private int _left = rules.MostCharactersSeen;

    /// <summary>Gets how to record it.</summary>
    public ContentRules Rules => rules;

    /// <summary>Gets a value indicating whether more would not be recorded: then nobody need look for it.</summary>
    public bool IsFull => _left <= 0;

    /// <summary>Gets the choices that have said anything, in order.</summary>
    public IEnumerable<int> Choices => _texts.Keys;

    /// <summary>Begins to keep an answer, where it is to be recorded.</summary>
    public static AnswerContent? Open(Activity? span, LlmCall call) =>
        SpanContent.RulesFor(span, call) is { } rules ? new AnswerContent(rules) : null;

    /// <summary>Takes the next piece of a choice's text.</summary>
    public void AppendText(int choice, ReadOnlySpan<char> text) => Append(_texts, choice, text);

    /// <summary>Takes the next piece of a tool call's arguments.</summary>
    /// <param name="call">The position of the call among those noted.</param>
    /// <param name="json">The piece.</param>
    public void AppendArguments(int call, ReadOnlySpan<char> json) => Append(_arguments, call, json);

    /// <summary>Gives what there is of a choice's text; null where there is none.</summary>
    public string? TextOf(int choice) => _texts.GetValueOrDefault(choice)?.ToString();

    /// <summary>Gives what there is of a tool call's arguments; null where there are none.</summary>
    public string? ArgumentsOf(int call) => _arguments.GetValueOrDefault(call)?.ToString();

    private void Append(SortedDictionary<int, StringBuilder> texts, int of, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || IsFull)
        {
            return;
        }

        if (!texts.TryGetValue(of, out var known))
        {
            texts[of] = known = new StringBuilder();
        }

        var kept = Math.Min(text.Length, _left);
        known.Append(text[..kept]);
        _left -= kept;
    }
}
