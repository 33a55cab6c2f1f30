namespace LlmTracing;

/// <summary>The attributes of OpenTelemetry's semantic conventions for HTTP that a transaction carries.</summary>
/// <remarks>
/// Version 1.41: https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/http/http-spans.md.
/// </remarks>
public static class HttpAttributes
{
    /// <summary>String: the method, or <c>_OTHER</c> for one that HTTP does not define.</summary>
    public const string RequestMethod = "http.request.method";

    /// <summary>Integer: the status code of the response.</summary>
    public const string ResponseStatusCode = "http.response.status_code";

    /// <summary>String: the route's pattern, for example <c>/chat/{id}</c>; absent where none matched.</summary>
    public const string Route = "http.route";

    /// <summary>String: <c>http</c> or <c>https</c>.</summary>
    public const string UrlScheme = "url.scheme";

    /// <summary>String: the path, without the query.</summary>
    public const string UrlPath = "url.path";

    /// <summary>String: the whole address, on the span of an outgoing call.</summary>
    public const string UrlFull = "url.full";

    /// <summary>String: the program that sent the request, in its own words.</summary>
    public const string UserAgent = "user_agent.original";
}
