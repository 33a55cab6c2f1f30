using System.Collections;
using LlmTracing.SentryExporter.Envelopes;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>What waits in memory to be sent: a transaction, or an envelope that could not be sent and has no spool.</summary>
/// <param name="Transaction">The transaction, which a sender makes into envelopes.</param>
/// <param name="Envelope">The envelope, where it was made before.</param>
/// <param name="Bytes">About how much memory it takes.</param>
/// <param name="Since">Since when a transaction waits, by the clock's timestamp.</param>
internal readonly record struct QueuedItem(FinishedTransaction? Transaction, Envelope? Envelope, long Bytes, long Since)
{
    // A span with its ids, times and names, an attribute without its texts, a call of a stack; measured on 64 bits.
    private const int BytesOfSpan = 250;
    private const int BytesOfAttribute = 40;
    private const int BytesOfFrame = 300;

    public static QueuedItem Of(FinishedTransaction transaction, long since)
    {
        var bytes = BytesOf(transaction.Root);
        IReadOnlyList<FinishedFault>? counted = null;
        foreach (var span in transaction.Spans)
        {
            bytes += BytesOf(span);

            // The spans that one exception has failed share its copy.
            if (span.Error is { Exceptions: { Count: > 0 } exceptions } && !ReferenceEquals(exceptions, counted))
            {
                bytes += exceptions.Sum(static one => (2L * one.Message.Length) + (BytesOfFrame * one.Frames.Count));
                counted = exceptions;
            }
        }

        return new(transaction, null, bytes, since);
    }

    public static QueuedItem Of(Envelope envelope) => new(null, envelope, envelope.Bytes.Length, 0);

    // Names are constants of the code and cost nothing; texts do, two bytes a character.
    private static long BytesOf(FinishedSpan span)
    {
        long bytes = BytesOfSpan + (2 * (span.Error?.StackTrace?.Length ?? 0));
        foreach (var (_, value) in span.Attributes)
        {
            bytes += BytesOfAttribute + BytesOf(value);
        }

        return bytes;
    }

    private static long BytesOf(object? value) => value switch
    {
        string text => 2L * text.Length,
        IReadOnlyList<object?> items => items.Sum(static item => BytesOfAttribute + (item is string text ? 2L * text.Length : 0)),
        ICollection numbers => 8L * numbers.Count,
        _ => 0,
    };
}
