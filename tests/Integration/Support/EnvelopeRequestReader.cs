using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The HTTP side of an envelope: method, path, authentication, content headers and compression.</summary>
internal static partial class EnvelopeRequestReader
{
    private const string EnvelopeType = "application/x-sentry-envelope";

    [GeneratedRegex(
        "^Sentry sentry_version=7, ?sentry_client=[^/, ]+/[^/, ]+, ?sentry_key=public$", RegexOptions.CultureInvariant)]
    private static partial Regex Auth { get; }

    /// <returns>The envelope's bytes, no longer compressed.</returns>
    public static async Task<byte[]> ReadAsync(
        HttpRequest request, bool isOfSdk, DeviationList deviations, CancellationToken cancellationToken)
    {
        CheckHeaders(request, isOfSdk, deviations);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return request.Headers.ContentEncoding == "gzip" ? Decompress(body, deviations) : body.ToArray();
    }

    private static void CheckHeaders(HttpRequest request, bool isOfSdk, DeviationList deviations)
    {
        var (headers, path) = (request.Headers, request.Path.Value);
        var auth = headers["X-Sentry-Auth"].ToString();
        var encoding = headers.ContentEncoding.ToString();

        deviations.Require(
            HttpMethods.IsPost(request.Method) && path == SentryIngest.EnvelopePath,
            $"The request must be POST {SentryIngest.EnvelopePath}, was {request.Method} {path}.");
        deviations.Require(
            Auth.IsMatch(auth),
            "X-Sentry-Auth must be \"Sentry sentry_version=7, sentry_client=NAME/VERSION, sentry_key=public\", "
                + $"was \"{auth}\".");
        deviations.Require(
            request.ContentType == EnvelopeType || (isOfSdk && request.ContentType is null),
            $"Content-Type must be {EnvelopeType}, was \"{request.ContentType}\".");
        deviations.Require(
            encoding is "" or "gzip", $"Content-Encoding must be gzip or absent, was \"{encoding}\".");
    }

    public static byte[] Decompress(MemoryStream body, DeviationList deviations)
    {
        body.Position = 0;
        using var plain = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(body, CompressionMode.Decompress);
            gzip.CopyTo(plain);
        }
        catch (InvalidDataException exception)
        {
            deviations.Add($"The body is not gzip, though Content-Encoding says so: {exception.Message}");
        }

        return plain.ToArray();
    }
}
