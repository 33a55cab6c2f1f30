using System.Diagnostics;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

public sealed class SpanItemWriterTests
{
    private static readonly FinishedSpan Call = Finished.Span(
        ("gen_ai.operation.name", "chat"), ("gen_ai.usage.input_tokens", 5L), ("gen_ai.request.stream", true),
        ("gen_ai.request.top_p", 0.5), ("huge", ulong.MaxValue)) with
    {
        SpanId = ActivitySpanId.CreateFromString("00f067aa0ba902b8"),
        ParentSpanId = ActivitySpanId.CreateFromString("00f067aa0ba902b7"),
        Source = LlmTrace.SourceName,
        Name = "chat m",
    };

    [Fact]
    public void Write_SwitchedOn_CallsAreInAnItemOfTheirOwn()
    {
        var written = Write(Call);

        Assert.Equal("[]", written.Payload.GetProperty("spans").GetRawText());
        Assert.Equal(
            $$"""{"type":"span","item_count":1,"content_type":"application/vnd.sentry.items.span.v2+json","length":{{written.Lines[4].Length}}}""",
            written.Lines[3]);
        Assert.Equal(
            $$$$"""
            {"version":2,"items":[{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b8",
            "parent_span_id":"00f067aa0ba902b7","name":"chat m","status":"ok","is_segment":false,
            "start_timestamp":1785585600,"end_timestamp":1785585601.2500001,"attributes":{
            "gen_ai.operation.name":{"type":"string","value":"chat"},
            "gen_ai.usage.input_tokens":{"type":"integer","value":5},
            "gen_ai.request.stream":{"type":"boolean","value":true},
            "gen_ai.response.streaming":{"type":"boolean","value":true},
            "gen_ai.request.top_p":{"type":"double","value":0.5},
            "huge":{"type":"double","value":1.8446744073709552E+19},
            "sentry.op":{"type":"string","value":"gen_ai.chat"},
            "sentry.origin":{"type":"string","value":"auto.ai.llm_tracing"},
            "sentry.release":{"type":"string","value":"shop@1"},
            "sentry.platform":{"type":"string","value":"csharp"},
            "sentry.sdk.name":{"type":"string","value":"llmtracing.dotnet"},
            "sentry.sdk.version":{"type":"string","value":"{{{{SentrySdkInfo.Version}}}}"},
            "sentry.segment.id":{"type":"string","value":"00f067aa0ba902b7"},
            "sentry.segment.name":{"type":"string","value":"name"}}}]}
            """.ReplaceLineEndings(""),
            written.Lines[4]);
        Assert.Equal(2, written.Envelope.Spans);
    }

    [Theory]
    [InlineData("client_disconnected", ActivityStatusCode.Unset, "ok")]
    [InlineData("upstream_failed", ActivityStatusCode.Error, "error")]
    public void Write_CallThatDidNotEndWell_IsAnErrorUnlessCancelled(
        string outcome, ActivityStatusCode status, string expected)
    {
        var call = Call with { Status = status, Attributes = [.. Call.Attributes, new("llm_tracing.stream.outcome", outcome)] };

        Assert.Contains($"\"status\":\"{expected}\"", Write(call).Lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoCalls_HasNoSuchItem() =>
        Assert.Equal(4, Write(Finished.Span() with { SpanId = Call.SpanId }).Lines.Length);

    [Fact]
    public void Write_NotSwitchedOn_HasNoSuchItem() =>
        Assert.Equal(4, WrittenEnvelope.Of(Finished.Transaction(Finished.Span(), Call))[0].Lines.Length);

    private static WrittenEnvelope Write(FinishedSpan span) => WrittenEnvelope.Of(
        Finished.Transaction(Finished.Span(), span), new() { GenAiSpanItems = true, Release = "shop@1" })[0];
}
