using System.Globalization;

namespace LlmTracing.Streaming.Accounts;

/// <summary>Counts tokens by runs of characters of one class; a run may go on in the next piece.</summary>
internal sealed class UnicodeTokenEstimate : ITokenEstimate
{
    private TextClass _class;
    private int _run;

    public long Tokens { get; private set; }

    public void Append(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            Append(ClassOf(character));
        }
    }

    private void Append(TextClass next)
    {
        if (next == TextClass.Continued)
        {
            return;
        }

        _run = next == _class ? _run + 1 : 1;
        _class = next;
        Tokens += next switch
        {
            TextClass.Letter => _run % 7 == 1 ? 1 : 0,
            TextClass.OtherLetter => _run % 2,
            TextClass.Digit => _run % 3 == 1 ? 1 : 0,
            TextClass.Punctuation => _run % 2,

            // A single one belongs to the word behind it.
            TextClass.Space => _run == 2 ? 1 : 0,
            TextClass.LineBreak => _run == 1 ? 1 : 0,
            TextClass.Ideograph => 1,
            TextClass.Astral => 3,
            _ => 2,
        };
    }

    private static TextClass ClassOf(char character) => character switch
    {
        (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => TextClass.Letter,
        ' ' or '\t' => TextClass.Space,
        '\r' or '\n' => TextClass.LineBreak,
        >= '0' and <= '9' => TextClass.Digit,
        > ' ' and < '\x7f' => TextClass.Punctuation,
        >= '\u1100' and <= '\u11ff' or >= '\u2e80' and <= '\u9fff' or >= '\uac00' and <= '\ud7af'
            or >= '\uf900' and <= '\ufaff' => TextClass.Ideograph,

        // The other half has been, or will be, counted with this one, also where they come in different pieces.
        _ when char.IsHighSurrogate(character) => TextClass.Astral,
        _ when char.IsLowSurrogate(character) => TextClass.Continued,
        _ => ClassOf(CharUnicodeInfo.GetUnicodeCategory(character)),
    };

    private static TextClass ClassOf(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => TextClass.OtherLetter,
        <= UnicodeCategory.EnclosingMark => TextClass.Continued,
        <= UnicodeCategory.OtherNumber => TextClass.Digit,
        UnicodeCategory.SpaceSeparator => TextClass.Space,
        >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => TextClass.Punctuation,
        _ => TextClass.Symbol,
    };
}
