using System.Net;
using System.Net.Http.Headers;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Posts envelopes over connections of its own.</summary>
internal sealed class EnvelopeSender(LossLog losses, DeliveryMetrics metrics, TimeProvider time) : IDisposable
{
    // As long as Sentry's own SDKs wait.
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(30);

    private static readonly MediaTypeHeaderValue ContentType = new("application/x-sentry-envelope");

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // No propagator, no span and no trace headers: the exporter does not trace itself.
        ActivityHeadersPropagator = null,

        // The key in the header is for the DSN's host alone.
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = true,

        // Else a connection that a network has forgotten is used again until the system gives it up, after minutes.
        KeepAlivePingDelay = TimeSpan.FromSeconds(15),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    public RateLimits Limits { get; } = new(time);

    /// <summary>Posts one envelope. It never throws, but where it is cancelled.</summary>
    /// <returns>What has become of it, and the status that was answered.</returns>
    public async Task<(SendResult Result, int Status)> SendAsync(SentryDsn dsn, byte[] envelope, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestSend, time);

        // By the clock, and so not as a linked source with a limit of its own, which goes by the system's.
        using var interruption = cancellationToken.UnsafeRegister(static ends => ((CancellationTokenSource)ends!).Cancel(), limit);
        using var request = RequestFor(dsn, envelope);
        var start = time.GetTimestamp();
        try
        {
            // Without its body: what is said there changes nothing.
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            metrics.OnAnswer(time.GetElapsedTime(start));
            Limits.Heed(answer);
            var result = answer switch
            {
                { IsSuccessStatusCode: true } => SendResult.Accepted,
                { StatusCode: HttpStatusCode.TooManyRequests } => SendResult.Limited,
                _ => SendResult.Refused,
            };
            return (result, (int)answer.StatusCode);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            // Whatever it is: nothing that a server sends, or a network does, may end the one who sends.
            losses.AddDelay($"{dsn.EnvelopeUrl.Host} could not be reached", exception);
            return (SendResult.Unanswered, 0);
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage RequestFor(SentryDsn dsn, byte[] envelope)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, dsn.EnvelopeUrl)
        {
            Content = new ByteArrayContent(envelope),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Content.Headers.ContentType = ContentType;
        if (Envelope.AreCompressed(envelope))
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        request.Headers.TryAddWithoutValidation("X-Sentry-Auth", dsn.AuthHeader);
        return request;
    }
}
