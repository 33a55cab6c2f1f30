using System.Diagnostics;
using System.Text;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

/// <remarks>
/// Seen to fail: without <c>KeptParentOf</c> the children of dropped spans name parents that are not there.
/// </remarks>
public sealed class TransactionTrimmerTests
{
    private const int Most = 1024 * 1024;
    private static readonly FinishedSpan Root = Finished.Span() with { SpanId = Id(1), Name = "root" };

    [Fact]
    public void Write_FitsExactly_NothingIsLeftOut()
    {
        var bare = Length(Content(0));

        var written = WrittenEnvelope.Of(Content(Most - bare))[0];

        Assert.Equal(Most, Encoding.UTF8.GetByteCount(written.Lines[2]));
        Assert.False(written.Data.TryGetProperty("llm_tracing.content.dropped", out _));
    }

    [Fact]
    public void Write_OneByteTooMuch_LongestContentIsLeftOutAndSaidSo()
    {
        var bare = Length(Content(0));

        var written = WrittenEnvelope.Of(Content(Most - bare + 1))[0];

        var spans = written.Payload.GetProperty("spans");
        Assert.Equal(2, spans.GetArrayLength());
        Assert.False(spans[0].GetProperty("data").TryGetProperty("gen_ai.system_instructions", out _));
        Assert.Equal("short", spans[1].GetProperty("data").GetProperty("gen_ai.tool.call.result").GetString());
        Assert.Equal("short", spans[1].GetProperty("data").GetProperty("gen_ai.tool.output").GetString());
        Assert.Equal(1, written.Data.GetProperty("llm_tracing.content.dropped").GetInt32());
        Assert.False(written.Data.TryGetProperty("llm_tracing.spans.dropped", out _));
        Assert.Equal(3, written.Envelope.Spans);
    }

    [Fact]
    public void Write_TooMuchWithoutContent_OldestSpansAreLeftOutAndTheirChildrenMoveUp()
    {
        // About 8.4 kB each, in one chain.
        var spans = Enumerable.Range(2, 200).Select(static i =>
            Span(i, i - 1, ("note", new string('a', 8192)), ("gen_ai.tool.call.arguments", $"{i}")));

        var written = WrittenEnvelope.Of(Finished.Transaction(Root, [.. spans]))[0];

        var size = Encoding.UTF8.GetByteCount(written.Lines[2]);
        Assert.InRange(size, Most - 20_000, Most);
        var kept = written.Payload.GetProperty("spans").EnumerateArray().ToArray();
        Assert.Equal(200 - kept.Length, written.Data.GetProperty("llm_tracing.spans.dropped").GetInt32());
        Assert.Equal(200, written.Data.GetProperty("llm_tracing.content.dropped").GetInt32());
        Assert.Equal($"{Id(201)}", kept[^1].GetProperty("span_id").GetString());
        Assert.Equal($"{Id(1)}", kept[0].GetProperty("parent_span_id").GetString());
        Assert.Equal(kept.Length + 1, written.Envelope.Spans);
        for (var i = 1; i < kept.Length; i++)
        {
            Assert.Equal(kept[i - 1].GetProperty("span_id").GetString(), kept[i].GetProperty("parent_span_id").GetString());
        }
    }

    [Fact]
    public void Write_MoreThanAThousandSpans_OldestAreLeftOut()
    {
        var spans = Enumerable.Range(2, 1005).Select(static i => Span(i, 1));
        var transaction = Finished.Transaction(Root, [.. spans]) with { DroppedSpans = 3 };

        var written = WrittenEnvelope.Of(transaction)[0];

        var kept = written.Payload.GetProperty("spans").EnumerateArray().ToArray();
        Assert.Equal(1000, kept.Length);
        Assert.Equal($"{Id(7)}", kept[0].GetProperty("span_id").GetString());
        Assert.Equal(8, written.Data.GetProperty("llm_tracing.spans.dropped").GetInt32());
    }

    [Fact]
    public void Write_RootAloneIsTooMuch_ItsAttributesAreLeftOut()
    {
        var root = Finished.Span([.. Enumerable.Range(0, 200).Select(static i => ($"note.{i}", (object?)new string('a', 8192)))]);

        var written = WrittenEnvelope.Of(Finished.Transaction(root))[0];

        Assert.InRange(Encoding.UTF8.GetByteCount(written.Lines[2]), Most - 20_000, Most);
    }

    [Fact]
    public void Write_SpanItemIsTooMuch_TransactionsOwnSpansStay()
    {
        var agents = Enumerable.Range(2, 200).Select(static i =>
            Span(i, i - 1, ("gen_ai.operation.name", "invoke_agent"), ("note", new string('a', 8192))));
        var call = Span(300, 2) with { Source = "System.Net.Http", Start = Finished.Start.AddSeconds(1), End = Finished.Start.AddSeconds(2) };

        var written = WrittenEnvelope.Of(Finished.Transaction(Root, [.. agents, call]), new() { GenAiSpanItems = true })[0];

        var own = Assert.Single(written.Payload.GetProperty("spans").EnumerateArray());
        Assert.Equal($"{Id(1)}", own.GetProperty("parent_span_id").GetString());
        Assert.InRange(Encoding.UTF8.GetByteCount(written.Lines[4]), Most - 60_000, Most);
        Assert.True(written.Data.GetProperty("llm_tracing.spans.dropped").GetInt32() > 50);
    }

    [Fact]
    public void Write_LinksAreTooMuch_TheyCountAndGoLast()
    {
        // About 1.05 MB each: a span with its links goes before the root's attributes, and the root's links at the very end.
        FinishedLink[] links =
        [
            .. Enumerable.Range(0, 128).Select(static i => new FinishedLink(
                ActivityTraceId.CreateFromString($"{i + 1:x32}"), Id(i + 1)) { Attributes = [new("note", new string('a', 8192))] }),
        ];

        var ofSpan = WrittenEnvelope.Of(Finished.Transaction(Root, Span(2, 1) with { Links = links }, Span(3, 2)))[0];
        var ofRoot = WrittenEnvelope.Of(Finished.Transaction(Root with { Links = links }))[0];

        var kept = Assert.Single(ofSpan.Payload.GetProperty("spans").EnumerateArray());
        Assert.Equal($"{Id(3)}", kept.GetProperty("span_id").GetString());
        Assert.Equal(1, ofSpan.Data.GetProperty("llm_tracing.spans.dropped").GetInt32());
        Assert.InRange(Encoding.UTF8.GetByteCount(ofRoot.Lines[2]), 1, Most);
        Assert.DoesNotContain("\"links\"", ofRoot.Lines[2], StringComparison.Ordinal);
    }

    private static FinishedTransaction Content(int length) => Finished.Transaction(
        Root,
        Span(2, 1, ("gen_ai.system_instructions", new string('a', length))),
        Span(3, 2, ("gen_ai.tool.call.result", "short")));

    private static int Length(FinishedTransaction transaction) =>
        Encoding.UTF8.GetByteCount(WrittenEnvelope.Of(transaction)[0].Lines[2]);

    private static FinishedSpan Span(int id, int parent, params IEnumerable<(string Key, object? Value)> attributes) =>
        Finished.Span(attributes) with
        {
            SpanId = Id(id),
            ParentSpanId = Id(parent),
            Start = Finished.Start.AddMilliseconds(id),
            End = Finished.Start.AddMilliseconds(id),
        };

    private static ActivitySpanId Id(int id) => ActivitySpanId.CreateFromString($"{id:x16}");
}
