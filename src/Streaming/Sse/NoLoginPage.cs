using Microsoft.AspNetCore.Http.Metadata;

namespace LlmTracing.Streaming.Sse;

/// <summary>
/// Lets a login by cookie refuse a request with 401 or 403: a reader of events would follow the redirection to the login
/// page, and find no events there.
/// </summary>
internal sealed class NoLoginPage : IDisableCookieRedirectMetadata
{
    public static readonly NoLoginPage Instance = new();

    private NoLoginPage()
    {
    }
}
