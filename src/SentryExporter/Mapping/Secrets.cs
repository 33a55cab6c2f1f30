namespace LlmTracing.SentryExporter.Mapping;

/// <summary>Keeps back what attributes of other libraries may hold of credentials.</summary>
internal static class Secrets
{
    private const string Redacted = "REDACTED";

    // The words that Sentry's own servers look for in the names of fields:
    // https://docs.sentry.io/security-legal-pii/scrubbing/server-side-scrubbing/
    private static readonly string[] Words =
        ["auth", "cookie", "token", "secret", "key", "passw", "pwd", "credential", "session", "bearer", "csrf", "xsrf"];

    /// <summary>Gives the value as it may be sent, or null where it may not.</summary>
    public static object? Redact(string attribute, object? value) => attribute switch
    {
        "url.full" or "url.original" or "http.url" or "http.target" => RedactUrl(value as string ?? (value as Uri)?.OriginalString),
        "url.query" or "http.query" or "url.fragment" or "http.fragment" or "db.connection_string" => null,
        _ when IsSecretHeader(attribute) => null,
        _ => value,
    };

    /// <summary>
    /// Writes <c>*</c> for a query, as .NET's HttpClient does, REDACTED for user and password, as OpenTelemetry asks for, and
    /// no fragment.
    /// </summary>
    public static string? RedactUrl(string? url)
    {
        if (url is null)
        {
            return null;
        }

        var end = url.IndexOf('#', StringComparison.Ordinal);
        url = end < 0 ? url : url[..end];
        var query = url.IndexOf('?', StringComparison.Ordinal);
        url = query < 0 ? url : url[..query] + "?*";
        return RedactUser(url);
    }

    private static string RedactUser(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3)
        {
            return url;
        }

        var slash = url.IndexOfAny(['/', '?'], start);
        var host = url.AsSpan(start, (slash < 0 ? url.Length : slash) - start);
        var at = host.LastIndexOf('@');
        if (at < 0)
        {
            return url;
        }

        var user = host[..at].Contains(':') ? $"{Redacted}:{Redacted}" : Redacted;
        return string.Concat(url.AsSpan(0, start), user, url.AsSpan(start + at));
    }

    // Apart, for what the lambda captures is made where it is declared: for every attribute, of which few are headers.
    private static bool HasSecretWord(string attribute) =>
        Array.Exists(Words, word => attribute.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsSecretHeader(string attribute)
    {
        var isHeader = attribute.StartsWith("http.request.header.", StringComparison.Ordinal)
            || attribute.StartsWith("http.response.header.", StringComparison.Ordinal);
        return isHeader && HasSecretWord(attribute);
    }
}
