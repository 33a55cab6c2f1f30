using LlmTracing.SentryExporter.Envelopes;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>What waits in memory to be sent: a transaction, or an envelope that could not be sent and has no spool.</summary>
/// <param name="Transaction">The transaction, which a sender makes into envelopes.</param>
/// <param name="Envelope">The envelope, where it was made before.</param>
/// <param name="Bytes">About how much memory it takes.</param>
internal readonly record struct QueuedItem(FinishedTransaction? Transaction, Envelope? Envelope, long Bytes)
{
    // A span with its ids, times and names, and an attribute, without its texts; measured on 64 bits.
    private const int BytesOfSpan = 250;
    private const int BytesOfAttribute = 40;

    public static QueuedItem Of(FinishedTransaction transaction)
    {
        var bytes = BytesOf(transaction.Root);
        foreach (var span in transaction.Spans)
        {
            bytes += BytesOf(span);
        }

        return new(transaction, null, bytes);
    }

    public static QueuedItem Of(Envelope envelope) => new(null, envelope, envelope.Bytes.Length);

    // Names are constants of the code and cost nothing; texts do, two bytes a character.
    private static long BytesOf(FinishedSpan span)
    {
        long bytes = BytesOfSpan + (2 * (span.Error?.StackTrace?.Length ?? 0));
        foreach (var (_, value) in span.Attributes)
        {
            bytes += BytesOfAttribute + (value is string text ? 2 * text.Length : 0);
        }

        return bytes;
    }
}
