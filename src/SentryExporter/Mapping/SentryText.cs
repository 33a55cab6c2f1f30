namespace LlmTracing.SentryExporter.Mapping;

/// <summary>Text as long as Sentry takes it.</summary>
internal static class SentryText
{
    // What Relay keeps of a message; of anything longer no view shows more.
    // https://github.com/getsentry/relay/blob/26.4.2/relay-event-schema/src/processor/attrs.rs
    public const int MostCharacters = 8192;

    /// <summary>Cuts what is too long, and says so with an ellipsis, which counts. No character is cut in two.</summary>
    public static string Cut(string text, int mostCharacters = MostCharacters)
    {
        if (text.Length <= mostCharacters)
        {
            return text;
        }

        var end = mostCharacters - 1;
        if (char.IsHighSurrogate(text[end - 1]))
        {
            end--;
        }

        return $"{text.AsSpan(0, end)}…";
    }
}
