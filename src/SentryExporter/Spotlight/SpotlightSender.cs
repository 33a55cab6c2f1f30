using System.Net.Http.Headers;
using LlmTracing.SentryExporter.Envelopes;

namespace LlmTracing.SentryExporter.Spotlight;

/// <summary>Posts envelopes to Spotlight, over connections of its own.</summary>
internal sealed class SpotlightSender(Uri address) : IDisposable
{
    private static readonly MediaTypeHeaderValue ContentType = new("application/x-sentry-envelope");

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // As for Sentry: the exporter does not trace itself.
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,

        // It is on this machine, or beside it.
        UseProxy = false,
    })
    {
        // Spotlight answers when it has read the envelope, and does nothing else.
        Timeout = TimeSpan.FromSeconds(2),
    };

    public Uri Address => address;

    /// <summary>Posts one envelope.</summary>
    /// <exception cref="HttpRequestException">There was no answer, or one that Spotlight does not give.</exception>
    /// <exception cref="OperationCanceledException">There was none in time, or it is no longer waited for.</exception>
    public async Task SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(envelope.Bytes);
        content.Headers.ContentType = ContentType;
        if (Envelope.AreCompressed(envelope.Bytes))
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var answer = await _http.PostAsync(address, content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();
}
