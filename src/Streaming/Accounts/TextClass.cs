namespace LlmTracing.Streaming.Accounts;

/// <summary>A class of characters that tokenizers treat alike.</summary>
internal enum TextClass
{
    None,
    Letter,
    OtherLetter,
    Ideograph,
    Digit,
    Punctuation,
    Space,
    LineBreak,
    Symbol,

    // Beyond the basic plane: a surrogate pair, counted at its first half.
    Astral,

    // Part of the character before.
    Continued,
}
