using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

/// <remarks>Seen to fail: without <c>LinkWriter.Write</c> in TransactionEventWriter, and in SpanItemWriter.</remarks>
public sealed class LinkWriterTests
{
    private static readonly FinishedLink Plain = new(
        ActivityTraceId.CreateFromString("4bf92f3577b34da6a3ce929d0e0e4736"), ActivitySpanId.CreateFromString("00f067aa0ba902c1"))
    {
        IsSampled = true,
    };

    private static readonly FinishedLink Described = new(
        ActivityTraceId.CreateFromString("5bf92f3577b34da6a3ce929d0e0e4736"), ActivitySpanId.CreateFromString("00f067aa0ba902c2"))
    {
        Attributes = [new("kind", "batch"), new("number", 7), new("list", new[] { "a", "b" }), new("nothing", null)],
    };

    private static readonly FinishedSpan Tool = Finished.Span(("gen_ai.operation.name", "execute_tool")) with
    {
        SpanId = ActivitySpanId.CreateFromString("00f067aa0ba902b8"),
        ParentSpanId = ActivitySpanId.CreateFromString("00f067aa0ba902b7"),
        Links = [Plain, Described],
    };

    [Fact]
    public void Write_LinksOfASpan_AreItsOwn()
    {
        var span = WrittenEnvelope.Of(Finished.Transaction(Finished.Span(), Tool))[0].Payload.GetProperty("spans")[0];

        Assert.Equal(
            """
            [{"span_id":"00f067aa0ba902c1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","sampled":true},
            {"span_id":"00f067aa0ba902c2","trace_id":"5bf92f3577b34da6a3ce929d0e0e4736","sampled":false,
            "attributes":{"kind":"batch","number":7,"list":"[\"a\",\"b\"]"}}]
            """.ReplaceLineEndings(""),
            span.GetProperty("links").GetRawText());
    }

    [Fact]
    public void Write_LinksOfTheRoot_AreInTheTraceContext()
    {
        var payload = WrittenEnvelope.Of(Finished.Transaction(Finished.Span() with { Links = [Plain] }))[0].Payload;

        Assert.Equal(
            """[{"span_id":"00f067aa0ba902c1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","sampled":true}]""",
            payload.GetProperty("contexts").GetProperty("trace").GetProperty("links").GetRawText());
    }

    [Fact]
    public void Write_SpanInAnItemOfItsOwn_LinksHaveTypedAttributes()
    {
        var lines = WrittenEnvelope.Of(Finished.Transaction(Finished.Span(), Tool), new() { GenAiSpanItems = true })[0].Lines;

        Assert.EndsWith(
            """
            "links":[{"span_id":"00f067aa0ba902c1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","sampled":true},
            {"span_id":"00f067aa0ba902c2","trace_id":"5bf92f3577b34da6a3ce929d0e0e4736","sampled":false,
            "attributes":{"kind":{"type":"string","value":"batch"},"number":{"type":"integer","value":7},
            "list":{"type":"string","value":"[\"a\",\"b\"]"}}}]}]}
            """.ReplaceLineEndings(""),
            lines[4],
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoLinks_SaysNothingOfThem() =>
        Assert.DoesNotContain(
            "\"links\"",
            WrittenEnvelope.Of(Finished.Transaction(Finished.Span(), Tool with { Links = [] }))[0].Lines[2],
            StringComparison.Ordinal);
}
