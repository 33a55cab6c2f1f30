using System.Diagnostics;
using LlmTracing.Middleware.Journal;

namespace LlmTracing.Tests.Unit.Middleware.Journal;

public sealed class SpanRecordWriterTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Write_Links_FirstFourAreReadAsTheyWere()
    {
        using var span = new Activity("tool");
        span.SetIdFormat(ActivityIdFormat.W3C).Start();
        span.SetTag("note", "after the links");
        var contexts = Enumerable.Range(0, 5)
            .Select(static i => new ActivityContext(
                ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), (ActivityTraceFlags)(i % 2)))
            .ToList();
        contexts.ForEach(context => span.AddLink(new ActivityLink(context)));

        var read = WriteAndRead(span);

        Assert.Equal(
            contexts.Take(4).Select(static context =>
                new FinishedLink(context.TraceId, context.SpanId) { IsSampled = context.TraceFlags != ActivityTraceFlags.None }),
            read.Links);
        Assert.Equal("after the links", read["note"]);
    }

    [Fact]
    public void Write_NoLinksAndLinksToNothing_AreNotThere()
    {
        using var span = new Activity("tool");
        span.SetIdFormat(ActivityIdFormat.W3C).Start();

        var without = WriteAndRead(span);
        span.AddLink(new ActivityLink(default));

        Assert.Empty(without.Links);
        Assert.Empty(WriteAndRead(span).Links);
    }

    private static FinishedSpan WriteAndRead(Activity span)
    {
        var record = new ByteWriter(new byte[JournalLayout.RecordSize]);
        SpanRecordWriter.Write(ref record, new SpanEntry(span, TimeProvider.System), Now);
        var reader = new ByteReader(record.Written);
        return SpanRecordReader.Read(0, ref reader, progress: null).Span;
    }
}
