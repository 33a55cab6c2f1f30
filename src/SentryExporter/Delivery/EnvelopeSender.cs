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

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // No propagator, no span and no trace headers: the exporter does not trace itself.
        ActivityHeadersPropagator = null,

        // The key in the header is for the DSN's host alone.
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = true,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    public RateLimits Limits { get; } = new(time);

    /// <summary>Posts one envelope. It never throws, but where it is cancelled.</summary>
    public async Task<SendResult> SendAsync(SentryDsn dsn, byte[] envelope, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestSend, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = RequestFor(dsn, envelope);
        var start = time.GetTimestamp();
        try
        {
            // Without its body: what is said there changes nothing.
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            metrics.OnAnswer(time.GetElapsedTime(start));
            Limits.Heed(answer);
            return ResultOf(answer);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            // Whatever it is: nothing that a server sends, or a network does, may end the one who sends.
            losses.AddDelay($"{dsn.EnvelopeUrl.Host} could not be reached", exception);
            return SendResult.Unanswered;
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
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-sentry-envelope");
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.TryAddWithoutValidation(
            "X-Sentry-Auth",
            $"Sentry sentry_version=7, sentry_client={SentrySdkInfo.Name}/{SentrySdkInfo.Version}, sentry_key={dsn.PublicKey}");
        return request;
    }

    private SendResult ResultOf(HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode)
        {
            return SendResult.Accepted;
        }

        losses.Add($"Sentry refused it with status {(int)answer.StatusCode}");
        return answer.StatusCode == HttpStatusCode.TooManyRequests ? SendResult.Limited : SendResult.Refused;
    }
}
