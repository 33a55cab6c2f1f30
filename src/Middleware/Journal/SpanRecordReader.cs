using System.Diagnostics;

namespace LlmTracing.Middleware.Journal;

/// <summary>Reads back what <see cref="SpanRecordWriter"/> wrote.</summary>
internal static class SpanRecordReader
{
    public static SpanRecord Read(int slot, ref ByteReader record, StreamProgress? progress)
    {
        var traceId = ActivityTraceId.CreateFromBytes(record.Next(16));
        var (spanId, parentSpanId) = (ReadId(ref record), ReadParentId(ref record));
        var root = new SpanPlace(record.ReadInt32(), ReadId(ref record));
        var (kind, status) = ((ActivityKind)record.ReadByte(), (ActivityStatusCode)record.ReadByte());
        var (isRequest, isStopped) = (record.ReadBool(), record.ReadBool());
        var (start, end) = (ReadTime(ref record), ReadTime(ref record));
        var (name, source) = (record.ReadText(), record.ReadText());
        var error = record.ReadBool() ? new FinishedError(record.ReadText(), record.ReadText(), null) : null;
        var (baggage, resource) = (ReadPairs(ref record), ReadPairs(ref record));
        var links = ReadLinks(ref record);
        var span = new FinishedSpan
        {
            SpanId = spanId,
            ParentSpanId = parentSpanId,
            Source = source,
            Name = name,
            Kind = kind,
            Start = start,
            End = Later(end, isStopped ? start : Later(start, progress?.LastSign ?? start)),
            IsUnfinished = !isStopped,
            Status = status,
            Links = links,
            Attributes = ReadAttributes(ref record),
            Error = error is null || record.Rest < sizeof(ushort) ? error : error with { StackTrace = record.ReadText() },
        };
        return new SpanRecord(slot, root, traceId, span, progress)
        {
            IsRequest = isRequest,
            TraceBaggage = baggage,
            Resource = resource,
        };
    }

    private static ActivitySpanId ReadId(ref ByteReader record) => ActivitySpanId.CreateFromBytes(record.Next(8));

    // By its bytes: the id that is read of zeros is not equal to the default one.
    private static ActivitySpanId? ReadParentId(ref ByteReader record)
    {
        var bytes = record.Next(8);
        return bytes.ContainsAnyExcept((byte)0) ? ActivitySpanId.CreateFromBytes(bytes) : null;
    }

    private static DateTimeOffset ReadTime(ref ByteReader record) => new(record.ReadInt64(), TimeSpan.Zero);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static KeyValuePair<string, string?>[] ReadPairs(ref ByteReader record)
    {
        var pairs = new KeyValuePair<string, string?>[record.ReadUInt16()];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = new(record.ReadText(), record.ReadText());
        }

        return pairs;
    }

    private static FinishedLink[] ReadLinks(ref ByteReader record)
    {
        var links = new FinishedLink[record.ReadByte()];
        for (var i = 0; i < links.Length; i++)
        {
            links[i] = new(ActivityTraceId.CreateFromBytes(record.Next(16)), ReadId(ref record)) { IsSampled = record.ReadBool() };
        }

        return links;
    }

    private static KeyValuePair<string, object?>[] ReadAttributes(ref ByteReader record)
    {
        var attributes = new KeyValuePair<string, object?>[record.ReadUInt16()];
        for (var i = 0; i < attributes.Length; i++)
        {
            attributes[i] = AttributeRecord.Read(ref record);
        }

        return attributes;
    }
}
