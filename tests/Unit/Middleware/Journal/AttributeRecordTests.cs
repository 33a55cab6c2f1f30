using System.Diagnostics;
using LlmTracing.Middleware.Journal;

namespace LlmTracing.Tests.Unit.Middleware.Journal;

public sealed class AttributeRecordTests
{
    private static readonly DateTimeOffset Time = new(2026, 8, 1, 12, 0, 0, 123, TimeSpan.FromHours(2));

    public static TheoryData<object> Values =>
    [
        "text", true, 1, -2L, (short)3, 0.1, 0.1f, 0.1m, decimal.MaxValue, ulong.MaxValue, Guid.NewGuid(), Time, Time.UtcDateTime,
        new[] { "a", "" }, new[] { 1, -2 }, new[] { long.MaxValue }, new[] { 0.5, double.MinValue }, new[] { true, false },
        new string('a', 512), $"[{new string('1', 510)}]",
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void TryWrite_AnyValue_IsReadAsItWas(object value)
    {
        var read = WriteAndRead("key", value);

        Assert.Equal("key", read?.Key);
        Assert.Equal(value is short number ? (long)number : value, read?.Value);
    }

    [Fact]
    public void TryWrite_ListOrAddress_IsAnArrayOrText()
    {
        Assert.Equal(new[] { "a", "b" }, WriteAndRead("key", new List<string> { "a", "b" })?.Value);
        Assert.Equal(new[] { 1, 2 }, WriteAndRead("key", new List<int> { 1, 2 })?.Value);
        Assert.Equal("http://a/b?c", WriteAndRead("key", new Uri("http://a/b?c"))?.Value);
    }

    [Fact]
    public void TryWrite_TextIsTooLong_IsCutUnlessItIsJson()
    {
        Assert.Equal(new string('a', 512), WriteAndRead("key", new string('a', 2000))?.Value);
        Assert.Null(WriteAndRead("key", $"[{new string('1', 511)}]"));
        Assert.Null(WriteAndRead("key", $$"""{"a":"{{new string('ä', 300)}}"}"""));
        Assert.Null(WriteAndRead("key", new int[300]));
        Assert.Null(WriteAndRead("key", new[] { uint.MaxValue }));
    }

    [Fact]
    public void Write_JsonIsTooLong_SpanSaysSo()
    {
        using var span = new Activity("chat");
        span.SetIdFormat(ActivityIdFormat.W3C).Start();
        span.SetTag("gen_ai.input.messages", $"[{new string('1', 2000)}]").SetTag("gen_ai.request.model", "m");
        for (var i = 0; i < 100; i++)
        {
            // So many that there is room for no more.
            span.SetTag($"note.{i}", $$"""{"a":"{{new string('a', 100)}}"}""");
        }

        var record = new ByteWriter(new byte[JournalLayout.RecordSize]);
        SpanRecordWriter.Write(ref record, new SpanEntry(span, TimeProvider.System), Time);
        var reader = new ByteReader(record.Written);
        var read = SpanRecordReader.Read(0, ref reader, progress: null).Span;

        Assert.Null(read["gen_ai.input.messages"]);
        Assert.Equal("m", read["gen_ai.request.model"]);
        var notes = read.Attributes.Where(static one => one.Key.StartsWith("note.", StringComparison.Ordinal)).ToList();
        Assert.InRange(notes.Count, 8, 20);
        Assert.All(notes, static one => Assert.EndsWith("a\"}", (string?)one.Value, StringComparison.Ordinal));
        Assert.Equal(101 - notes.Count, read["llm_tracing.content.dropped"]);
    }

    private static KeyValuePair<string, object?>? WriteAndRead(string key, object value)
    {
        var record = new ByteWriter(new byte[1800]);
        if (!AttributeRecord.TryWrite(ref record, key, value))
        {
            Assert.Equal(0, record.Position);
            return null;
        }

        var reader = new ByteReader(record.Written);
        var read = AttributeRecord.Read(ref reader);
        Assert.Equal(0, reader.Rest);
        return read;
    }
}
