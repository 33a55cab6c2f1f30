using System.Diagnostics.CodeAnalysis;
using LlmTracing.SentryExporter.Envelopes;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Where a project's envelopes go, and with which key.</summary>
/// <param name="PublicKey">The key that the envelopes are signed with.</param>
/// <param name="EnvelopeUrl">The endpoint for them.</param>
/// <param name="OrganizationId">The organization, where the host is one of Sentry's own.</param>
internal sealed record SentryDsn(string PublicKey, Uri EnvelopeUrl, string? OrganizationId)
{
    /// <summary>Gets the header that each post is signed with.</summary>
    public string AuthHeader { get; } =
        $"Sentry sentry_version=7, sentry_client={SentrySdkInfo.Name}/{SentrySdkInfo.Version}, sentry_key={PublicKey}";

    /// <summary>Reads <c>https://PUBLIC_KEY@HOST[:PORT]/[PATH/]PROJECT</c>.</summary>
    /// <remarks>https://develop.sentry.dev/sdk/foundations/transport/authentication/#parsing-the-dsn.</remarks>
    /// <param name="text">A DSN.</param>
    /// <param name="dsn">What it says.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence; it does not repeat the key.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out SentryDsn? dsn, [NotNullWhen(false)] out string? problem)
    {
        dsn = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            problem = "it is not an absolute http or https address";
            return false;
        }

        var publicKey = uri.UserInfo.Split(':')[0];
        if (publicKey.Length == 0)
        {
            problem = "the public key before the @ is missing";
            return false;
        }

        var slash = uri.AbsolutePath.LastIndexOf('/');
        var project = uri.AbsolutePath[(slash + 1)..];
        if (project.Length == 0)
        {
            problem = "the project after the last / is missing";
            return false;
        }

        var path = uri.AbsolutePath[..slash];
        var envelopeUrl = new Uri($"{uri.Scheme}://{uri.Authority}{path}/api/{project}/envelope/");
        (dsn, problem) = (new SentryDsn(publicKey, envelopeUrl, OrganizationOf(uri.Host)), null);
        return true;
    }

    // As in o123.ingest.sentry.io and o123.ingest.us.sentry.io.
    private static string? OrganizationOf(string host) =>
        host.Split('.') is [['o', _, ..] name, "ingest", ..] && name[1..].All(char.IsAsciiDigit) ? name[1..] : null;
}
