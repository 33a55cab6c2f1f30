using System.Net.Http.Headers;
using LlmTracing.Streaming.Sse;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LlmTracing.Streaming.Proxy;

/// <summary>Reads the headers of a provider's response, and passes on those that are for the client.</summary>
internal static class UpstreamHeaders
{
    // A list of what is passed on, not of what is not: what a provider adds tomorrow may be a cookie of its own. What names
    // the account, as openai-organization does, is nothing to the gateway's clients.
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.ContentType, HeaderNames.RetryAfter, "retry-after-ms", "x-should-retry", HeaderNames.WWWAuthenticate,
        HeaderNames.Allow, "x-request-id", "request-id", "apim-request-id", "openai-model", "openai-processing-ms",
        "openai-version",
    };

    private static readonly string[] Families = ["x-ratelimit-", "anthropic-ratelimit-"];

    /// <summary>Sets the status and the headers of a response that passes a provider's on.</summary>
    public static void Apply(HttpContext context, HttpResponseMessage upstream)
    {
        PipelineCheck.WarnIfEncoded(context);
        context.Response.StatusCode = (int)upstream.StatusCode;
        Copy(upstream.Headers, upstream, context.Response.Headers);
        Copy(upstream.Content.Headers, upstream, context.Response.Headers);
        if (EncodingOf(upstream) is { } encoding)
        {
            context.Response.Headers.ContentEncoding = encoding;
        }

        SseHeaders.ApplyUnbuffered(context);
    }

    /// <summary>Gives how the body is encoded, or null where it is as the provider wrote it.</summary>
    public static string? EncodingOf(HttpResponseMessage upstream) =>
        upstream.Content.Headers.ContentEncoding is { Count: > 0 } encodings
            && encodings.Any(static encoding => !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            ? string.Join(", ", encodings)
            : null;

    private static void Copy(HttpHeaders from, HttpResponseMessage upstream, IHeaderDictionary to)
    {
        // Not validated: as it came, however it is written.
        foreach (var (name, values) in from.NonValidated)
        {
            if (IsForClient(name) && !upstream.Headers.Connection.Contains(name, StringComparer.OrdinalIgnoreCase)
                && values.All(IsSendable))
            {
                to[name] = values.ToArray();
            }
        }
    }

    private static bool IsForClient(string name) =>
        Names.Contains(name)
        || Array.Exists(Families, family => name.StartsWith(family, StringComparison.OrdinalIgnoreCase));

    // The server throws at anything else.
    private static bool IsSendable(string value) => value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;
}
