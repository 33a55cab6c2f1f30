using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Content;

/// <summary>What may still be recorded of the texts of one attribute: redacted first, and then cut.</summary>
internal sealed class ContentBudget(ContentRules rules)
{
    private const string Mark = "…";

    private int _left = rules.MostCharacters;

    /// <inheritdoc cref="ContentRules.MostCharactersSeen"/>
    public int MostCharactersSeen => rules.MostCharactersSeen;

    /// <summary>Gets a value indicating whether nothing more can be recorded.</summary>
    public bool IsEmpty => _left <= 0;

    /// <summary>Gets a value indicating whether anything was cut or left out for want of room.</summary>
    public bool HasCut { get; set; }

    /// <summary>Gives what may be recorded of a text, marked where it is cut; null for nothing.</summary>
    /// <param name="text">The text, or as much of it as is at hand.</param>
    /// <param name="end">What is known of its end.</param>
    public string? Take(string text, TextEnd end = TextEnd.Whole)
    {
        if (IsEmpty)
        {
            HasCut |= text.Length > 0;
            return null;
        }

        var isWhole = end != TextEnd.Cut;
        if (end == TextEnd.Unfinished && rules.Redact is not null)
        {
            // The beginning of a secret looks like none.
            text = text[..(text.AsSpan().LastIndexOfAny(TextCut.WhiteSpace) + 1)];
        }

        var seen = rules.Redact is { } redact ? Redacted(redact, text, ref isWhole) : text;
        if (seen is null)
        {
            return null;
        }

        var kept = TextCut.LengthOf(seen, _left);
        _left -= kept;
        if (kept == seen.Length && isWhole)
        {
            return seen;
        }

        HasCut = true;
        return string.Concat(seen.AsSpan(0, kept), Mark);
    }

    /// <summary>Tells whether there is room for anything more, and notes that something was left out where there is none.</summary>
    public bool HasRoom()
    {
        HasCut |= IsEmpty;
        return !IsEmpty;
    }

    /// <summary>Takes from the room what is no text of its own: names and ids, which are cut but not redacted.</summary>
    public void Charge(int characters) => _left -= characters;

    private string? Redacted(Func<string, string?> redact, string text, ref bool isWhole)
    {
        var shown = TextCut.LengthOf(text, _left + ContentRules.Lookahead);
        isWhole &= shown == text.Length;
        try
        {
            if (isWhole)
            {
                return redact(text);
            }

            // What stands at the end of a cut text may be the beginning of a secret, which looks like none. What comes out
            // alike with and without that end is not touched by it.
            var kept = redact(text[..shown]);
            var before = redact(text[..TextCut.LengthOf(text, Math.Max(0, shown - ContentRules.Lookahead))]);
            return kept?[..TextCut.LengthOf(kept, kept.AsSpan().CommonPrefixLength(before))];
        }
        catch (Exception exception)
        {
            // The app's own function: what it cannot clear is not recorded.
            Log.ContentFailed(Log.For(CurrentRequest.Loggers), exception);
            return null;
        }
    }
}
