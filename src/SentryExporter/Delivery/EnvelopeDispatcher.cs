using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Has one envelope sent, if Sentry wants it, and says whether it is done with.</summary>
internal sealed class EnvelopeDispatcher(
    SentryDsn dsn, EnvelopeSender sender, ClientReports reports, DeliveryMetrics metrics, TimeProvider time)
{
    public IngestHealth Health { get; } = new(time);

    /// <summary>Sends it, to be called after a wait of <see cref="Health"/>.</summary>
    /// <returns>False where no answer came: it is to be kept, and sent again.</returns>
    public async Task<bool> TrySendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (sender.Limits.IsLimited(envelope.Category))
        {
            Health.NotTried();
            reports.Add(DiscardReason.RateLimit, envelope);
            return true;
        }

        switch (await SendAsync(envelope, cancellationToken))
        {
            case SendResult.Accepted:
                metrics.OnSent();
                break;
            case SendResult.Limited:
                // Sentry counts it itself: a report would count it twice.
                metrics.OnDropped("rate_limited");
                break;
            case SendResult.Refused:
                reports.Add(DiscardReason.SendError, envelope);
                break;
            case SendResult.Unanswered:
                Health.Missed();
                return false;
        }

        Health.Reached();
        return true;
    }

    private async Task<SendResult> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        try
        {
            return await sender.SendAsync(dsn, envelope.Bytes, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Health.NotTried();
            throw;
        }
    }
}
