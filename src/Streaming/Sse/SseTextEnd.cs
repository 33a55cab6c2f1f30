using System.Text;

namespace LlmTracing.Streaming.Sse;

/// <summary>How the last text ended, where the next one of its event type may have the other half of its last character.</summary>
internal struct SseTextEnd
{
    // A high surrogate, which was not written; CR, which was, as the line break that it is; else NUL.
    private char _last;

    /// <summary>Gets the event type of the last text.</summary>
    public string? EventType { get; private set; }

    /// <summary>Gets whether half a pair of surrogates is held back.</summary>
    public readonly bool IsHalfPair => char.IsHighSurrogate(_last);

    /// <summary>Takes from the start of the next text what belongs to the end of the last one.</summary>
    /// <returns>What must be written before the rest of it.</returns>
    public Rune? Join(ref ReadOnlySpan<char> text)
    {
        // Nothing tells nothing: the other half may still come.
        if (_last == '\0' || text.IsEmpty)
        {
            return null;
        }

        var (last, next) = (_last, text[0]);
        _last = '\0';
        if (char.IsHighSurrogate(last))
        {
            if (!Rune.TryCreate(last, next, out var rune))
            {
                return Rune.ReplacementChar;
            }

            text = text[1..];
            return rune;
        }

        if (next == '\n')
        {
            text = text[1..];
        }

        return null;
    }

    /// <summary>Takes half a pair from the end of a text, and remembers of it what <see cref="Join"/> must know.</summary>
    public void HoldBack(ref ReadOnlySpan<char> text, string? eventType)
    {
        EventType = eventType;
        if (!text.IsEmpty && (text[^1] == '\r' || char.IsHighSurrogate(text[^1])))
        {
            _last = text[^1];
            text = IsHalfPair ? text[..^1] : text;
        }
    }
}
