using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Writes what waits as envelopes, and keeps what cannot be sent: on disk, or where there is none in memory.</summary>
/// <remarks>What it keeps has a permit of <paramref name="work"/> for the sender that will take it.</remarks>
internal sealed class EnvelopeKeeper(
    DeliveryQueue queue,
    Spool spool,
    EnvelopeWriter writer,
    ClientReports reports,
    LossLog losses,
    DeliveryMetrics metrics,
    PendingCount pending,
    SemaphoreSlim work)
{
    /// <summary>Gives what is to be sent of an item; what cannot be written is none, and counted.</summary>
    public IReadOnlyList<Envelope> EnvelopesOf(QueuedItem item)
    {
        if (item.Envelope is { } written)
        {
            return [written];
        }

        try
        {
            return writer.Write(item.Transaction!);
        }
        catch (Exception exception)
        {
            writer.Discard(DiscardReason.InternalError, item.Transaction!);
            losses.Add("it could not be written as an envelope", exception);
            return [];
        }
    }

    /// <summary>Keeps what has become of one item, which is pending no more.</summary>
    public void Keep(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes)
        {
            Keep(envelope);
        }

        // After it is kept: who waits until none is pending may end the process then.
        pending.Remove();
    }

    /// <summary>Counts what had to go for something that came later.</summary>
    public void Drop(IReadOnlyList<QueuedItem> dropped)
    {
        foreach (var item in dropped)
        {
            if (item.Envelope is { } envelope)
            {
                reports.Add(DiscardReason.QueueOverflow, envelope);
            }
            else
            {
                writer.Discard(DiscardReason.QueueOverflow, item.Transaction!);
            }

            losses.Add("too many others were waiting to be sent");
            pending.Remove();
            ForgetWork();
        }
    }

    /// <summary>Counts an envelope of the spool that will not be sent any more.</summary>
    public void Discard(Envelope envelope, string because)
    {
        reports.Add(DiscardReason.CacheOverflow, envelope);
        losses.Add(because);
    }

    /// <summary>Keeps what is still to be told of what was discarded, where there is a disk for it.</summary>
    public void KeepReport()
    {
        if (spool.IsEnabled && reports.Take() is { } report)
        {
            Keep(report);
        }
    }

    /// <summary>Takes back a permit whose work somebody else has done.</summary>
    public void ForgetWork() => work.Wait(TimeSpan.Zero);

    private void Keep(Envelope envelope)
    {
        if (spool.TryAdd(envelope, out var dropped))
        {
            if (envelope.Category != Envelope.ClientReport)
            {
                metrics.OnSpooled();
            }

            foreach (var oldest in dropped)
            {
                Discard(oldest, "the spool was full");
                ForgetWork();
            }
        }
        else
        {
            pending.Add();
            queue.PutBack(QueuedItem.Of(envelope), out var given);
            Drop(given);
        }

        work.Release();
    }
}
