using System.Diagnostics;
using System.Text;
using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Middleware.Journal;

/// <summary>Writes a span, as it is now, as a record: first what identifies it, then what there is room for.</summary>
/// <remarks>Allocates nothing, and calls nothing that is the app's.</remarks>
internal static class SpanRecordWriter
{
    private const int MostNameBytes = 256;
    private const int MostErrorBytes = 256;

    // A tool's run has one; their attributes are not kept.
    private const int MostLinks = 4;
    private const int LinkBytes = 16 + 8 + 1;

    // For the attribute that says how much was left out.
    private const int MarkBytes = 64;

    /// <summary>Writes the span.</summary>
    /// <param name="record">Where to.</param>
    /// <param name="entry">What it is to its transaction.</param>
    /// <param name="now">The time, for a span that is open.</param>
    public static void Write(ref ByteWriter record, SpanEntry entry, DateTimeOffset now)
    {
        var span = entry.Span;
        WriteIds(ref record, span, entry);
        var start = span.StartTimeUtc;
        var status = SpanStatus.Of(span);
        record.Write((byte)span.Kind);
        record.Write((byte)status);
        record.Write(entry.IsRequest);
        record.Write(span.IsStopped);
        record.Write(start.Ticks);
        record.Write(span.IsStopped ? (start + span.Duration).Ticks : now.UtcTicks);
        record.Write(span.DisplayName, MostNameBytes);
        record.Write(span.Source.Name, MostNameBytes);

        var error = status == ActivityStatusCode.Error ? SpanError.Of(span) : null;
        record.Write(error is not null);
        if (error is not null)
        {
            record.Write(error.Type, MostErrorBytes);
            record.Write(error.Message, MostErrorBytes);
        }

        WritePairs(ref record, entry.IsRoot ? SpanSnapshot.TraceBaggageOf(span) : []);
        WritePairs(ref record, entry.Resource);
        WriteLinks(ref record, span);
        WriteAttributes(ref record, span);

        // The last, and so cut first: its top lines are what is looked for.
        if (error is not null && record.Room > sizeof(ushort))
        {
            record.Write(error.StackTrace, record.Room);
        }
    }

    private static void WriteIds(ref ByteWriter record, Activity span, SpanEntry entry)
    {
        span.TraceId.CopyTo(record.Next(16));
        record.Position += 16;
        WriteId(ref record, span.SpanId);
        WriteId(ref record, entry.ParentSpanId ?? default);
        record.Write(entry.Root.Slot);
        WriteId(ref record, entry.Root.SpanId);
    }

    private static void WriteId(ref ByteWriter record, ActivitySpanId id)
    {
        id.CopyTo(record.Next(8));
        record.Position += 8;
    }

    private static void WritePairs(ref ByteWriter record, IReadOnlyList<KeyValuePair<string, string?>> pairs)
    {
        // All or none: baggage says the same in every service, and a process is of one release.
        var needed = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            needed += (2 * sizeof(ushort)) + Encoding.UTF8.GetByteCount(pairs[i].Key)
                + Encoding.UTF8.GetByteCount(pairs[i].Value ?? "");
        }

        var count = needed <= record.Room / 2 ? pairs.Count : 0;
        record.Write((ushort)count);
        for (var i = 0; i < count; i++)
        {
            record.Write(pairs[i].Key, ushort.MaxValue);
            record.Write(pairs[i].Value, ushort.MaxValue);
        }
    }

    private static void WriteLinks(ref ByteWriter record, Activity span)
    {
        var countAt = record.Position;
        record.Write((byte)0);
        byte count = 0;
        foreach (ref readonly var link in span.EnumerateLinks())
        {
            if (count == MostLinks || record.Room < LinkBytes)
            {
                break;
            }

            if (link.Context.SpanId == default)
            {
                continue;
            }

            link.Context.TraceId.CopyTo(record.Next(16));
            record.Position += 16;
            WriteId(ref record, link.Context.SpanId);
            record.Write(link.Context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded));
            count++;
        }

        var end = record.Position;
        record.Position = countAt;
        record.Write(count);
        record.Position = end;
    }

    private static void WriteAttributes(ref ByteWriter record, Activity span)
    {
        var countAt = record.Position;
        record.Write((ushort)0);
        record.Reserved = MarkBytes;
        var (count, withoutContent) = ((ushort)0, 0);
        foreach (ref readonly var attribute in span.EnumerateTagObjects())
        {
            // What was said is in no file that outlives its span.
            var isContent = GenAiAttributes.IsContent(attribute.Key);
            if (!isContent && AttributeRecord.TryWrite(ref record, attribute.Key, attribute.Value))
            {
                count++;
            }
            else if (isContent || (attribute.Value is string text && AttributeText.IsJson(text)))
            {
                withoutContent++;
            }
        }

        record.Reserved = 0;
        if (withoutContent > 0 && AttributeRecord.TryWrite(ref record, LlmTracingAttributes.DroppedContent, withoutContent))
        {
            count++;
        }

        var end = record.Position;
        record.Position = countAt;
        record.Write(count);
        record.Position = end;
    }
}
