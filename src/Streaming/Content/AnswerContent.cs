using System.Diagnostics;

namespace LlmTracing.Streaming.Content;

/// <summary>
/// Keeps what an answer says while it passes by, as much as may be recorded of it: the text of each choice, and the arguments
/// of each tool call.
/// </summary>
internal sealed class AnswerContent(ContentRules rules)
{
    private readonly SortedDictionary<int, AnswerPart> _texts = [];
    private readonly SortedDictionary<int, AnswerPart> _arguments = [];
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
    public void AppendText(int choice, ReadOnlySpan<char> text)
    {
        if (!_texts.ContainsKey(choice) && _texts.Count > 0)
        {
            // Choices come side by side, and each of their ends is looked at.
            _left += rules.MostCharactersSeen - rules.MostCharacters;
        }

        Append(_texts, choice, text);
    }

    /// <summary>Takes the next piece of a tool call's arguments.</summary>
    /// <param name="call">The position of the call among those noted.</param>
    /// <param name="json">The piece.</param>
    public void AppendArguments(int call, ReadOnlySpan<char> json) => Append(_arguments, call, json);

    /// <summary>Gives what there is of a choice's text; null where there is none.</summary>
    /// <param name="choice">Which of the choices.</param>
    /// <param name="isComplete">Whether the answer has come to its end.</param>
    /// <param name="end">What is known of the text's end.</param>
    public string? TextOf(int choice, bool isComplete, out TextEnd end)
    {
        var part = _texts.GetValueOrDefault(choice);

        // Once it is full nobody looks for more of any: which of several choices would have gone on is not known.
        end = part is { IsCut: true } || (IsFull && _texts.Count > 1) ? TextEnd.Cut
            : isComplete ? TextEnd.Whole : TextEnd.Unfinished;
        return part?.ToString();
    }

    /// <inheritdoc cref="TextOf(int, bool, out TextEnd)"/>
    public string? TextOf(int choice) => TextOf(choice, isComplete: true, out _);

    /// <summary>Gets what there is of a tool call's arguments; null where there are none.</summary>
    /// <param name="call">The position of the call among those noted.</param>
    /// <param name="isComplete">Whether the answer has come to its end.</param>
    /// <param name="end">What is known of their end.</param>
    public string? ArgumentsOf(int call, bool isComplete, out TextEnd end)
    {
        var part = _arguments.GetValueOrDefault(call);
        var given = part?.ToString();
        end = part is { IsCut: true } ? TextEnd.Cut
            : isComplete || given is null || ContentJson.IsJson(given) ? TextEnd.Whole : TextEnd.Unfinished;
        return given;
    }

    /// <inheritdoc cref="ArgumentsOf(int, bool, out TextEnd)"/>
    public string? ArgumentsOf(int call) => ArgumentsOf(call, isComplete: true, out _);

    private void Append(SortedDictionary<int, AnswerPart> parts, int of, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || IsFull)
        {
            return;
        }

        if (!parts.TryGetValue(of, out var part))
        {
            parts[of] = part = new AnswerPart();
        }

        _left -= part.Append(text, _left);
    }
}
