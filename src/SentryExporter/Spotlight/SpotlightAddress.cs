namespace LlmTracing.SentryExporter.Spotlight;

/// <summary>Where Spotlight is, by the words that every SDK of Sentry takes.</summary>
/// <remarks>https://develop.sentry.dev/sdk/expected-features/spotlight/#environment-variable-handling.</remarks>
internal static class SpotlightAddress
{
    // The path on which Spotlight takes envelopes.
    private const string Path = "/stream";

    private static readonly Uri Default = new("http://localhost:8969" + Path);

    /// <summary>Tells whether a text says that Spotlight is where it is by default.</summary>
    public static bool IsOn(string? text) => Word(text) is "true" or "t" or "y" or "yes" or "on" or "1";

    /// <summary>Tells whether a text says that there is no Spotlight; none, and one of spaces, says so too.</summary>
    public static bool IsOff(string? text) => Word(text) is "" or "false" or "f" or "n" or "no" or "off" or "0";

    /// <summary>Tells whether a text says where Spotlight is by more than a word.</summary>
    public static bool IsAddress(string? text) => !IsOff(text) && !IsOn(text) && TryParse(text, out _);

    /// <summary>Reads a word, or an address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">Where it is, or null where there is none.</param>
    /// <returns>Whether it is a word or an address.</returns>
    public static bool TryParse(string? text, out Uri? address)
    {
        address = null;
        if (IsOff(text))
        {
            return true;
        }

        if (IsOn(text))
        {
            address = Default;
            return true;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return false;
        }

        // An address without a path is the page's, as it stands in the browser.
        address = uri.PathAndQuery == "/" ? new Uri(uri, Path) : uri;
        return true;
    }

    private static string Word(string? text) => (text ?? "").Trim().ToLowerInvariant();
}
