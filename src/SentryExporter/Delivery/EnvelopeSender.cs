using System.Net.Http.Headers;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Posts envelopes over connections of its own.</summary>
internal sealed class EnvelopeSender(LossLog losses) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // No propagator, no span and no trace headers: the exporter does not trace itself.
        ActivityHeadersPropagator = null,

        // The key in the header is for the DSN's host alone.
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Posts one envelope, and logs it where it did not arrive. It never throws for that.</summary>
    public async Task SendAsync(SentryDsn dsn, byte[] envelope, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, dsn.EnvelopeUrl);
        request.Content = new ByteArrayContent(envelope);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-sentry-envelope");
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.TryAddWithoutValidation(
            "X-Sentry-Auth",
            $"Sentry sentry_version=7, sentry_client={SentrySdkInfo.Name}/{SentrySdkInfo.Version}, sentry_key={dsn.PublicKey}");
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                losses.Add($"Sentry refused it with status {(int)response.StatusCode}");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host has stopped; whoever stopped it counts what was left.
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            losses.Add($"{dsn.EnvelopeUrl.Host} could not be reached", exception);
        }
    }

    public void Dispose() => _http.Dispose();
}
