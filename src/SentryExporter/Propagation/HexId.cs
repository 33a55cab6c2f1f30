using System.Buffers;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The ids of traces and spans as text.</summary>
internal static class HexId
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);

    /// <summary>Tells whether a text is an id: lower case, and not all zeros, which is none.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => IsHex(text) && text.ContainsAnyExcept('0');
}
