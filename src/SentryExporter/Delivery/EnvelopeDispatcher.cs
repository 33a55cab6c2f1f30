using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Has one envelope sent, if Sentry wants it, and says whether it is done with.</summary>
internal sealed class EnvelopeDispatcher(
    SentryDsn dsn, EnvelopeSender sender, ClientReports reports, LossLog losses, DeliveryMetrics metrics, TimeProvider time)
{
    public IngestHealth Health { get; } = new(time);

    /// <summary>Sends it, to be called after a wait of <see cref="Health"/>.</summary>
    /// <returns>False where no answer came: it is to be kept, and sent again.</returns>
    public async Task<bool> TrySendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Category != Envelope.ClientReport && sender.Limits.IsLimited(envelope.Category))
        {
            Health.NotTried();
            reports.Add(DiscardReason.RateLimit, envelope);
            losses.Add($"Sentry takes no {envelope.Category} for a while, as it has said before");
            return true;
        }

        var (result, status) = await SendAsync(envelope, cancellationToken);
        if (result == SendResult.Unanswered)
        {
            Health.Missed();
            return false;
        }

        Health.Reached();
        if (envelope.Category != Envelope.ClientReport)
        {
            Count(envelope, result, status);
        }

        return true;
    }

    private void Count(Envelope envelope, SendResult result, int status)
    {
        switch (result)
        {
            case SendResult.Accepted:
                metrics.OnSent();
                return;
            case SendResult.Limited:
                // Sentry counts it itself: a report would count it twice.
                metrics.OnDropped("rate_limited");
                break;
            default:
                reports.Add(DiscardReason.SendError, envelope);
                break;
        }

        losses.Add($"Sentry refused it with status {status}");
    }

    private async Task<(SendResult Result, int Status)> SendAsync(Envelope envelope, CancellationToken cancellationToken)
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
