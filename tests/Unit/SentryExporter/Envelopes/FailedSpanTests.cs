using System.Diagnostics;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

public sealed class FailedSpanTests
{
    private static readonly FinishedFault Fault = new(Guid.NewGuid(), "App.Refused", "No.");

    [Fact]
    public void Of_ExceptionOfSeveralSpans_IsTheInnermosts()
    {
        var (agent, tool) = (Failed(2, Error(Fault)), Failed(3, Error(Fault)));

        var failed = Assert.Single(FailedSpan.Of(Finished.Transaction(Failed(1, Error(Fault)), agent, tool)));

        Assert.Same(tool, failed.Span);
    }

    [Fact]
    public void Of_CauseNoticedForItself_IsPartOfWhatItCaused()
    {
        var (tool, agent) = (Failed(3, Error(Fault)), Failed(2, Error(new(Guid.NewGuid(), "App.GaveUp", "Why?"), Fault)));

        var failed = Assert.Single(FailedSpan.Of(Finished.Transaction(Finished.Span(), agent, tool)));

        Assert.Same(agent, failed.Span);
    }

    [Fact]
    public void Of_EqualExceptionsThatAreTwo_AreTwo() =>
        Assert.Equal(2, FailedSpan.Of(Finished.Transaction(
            Finished.Span(), Failed(2, Error(Fault)), Failed(3, Error(Fault with { Id = Guid.NewGuid() })))).Count);

    [Fact]
    public void Of_OnlyTextIsKnown_SameTextIsOnce() =>
        Assert.Single(FailedSpan.Of(Finished.Transaction(
            Failed(1, new("App.Refused", "No.", "at A")), Failed(2, new("App.Refused", "No.", "at A")))));

    [Theory]
    [InlineData("client_disconnected")]
    [InlineData("abandoned")]
    [InlineData("write_timed_out")]
    public void Of_NobodyWaitedAnyMore_IsNone(string outcome) =>
        Assert.Empty(FailedSpan.Of(Finished.Transaction(
            Failed(1, Error(Fault)) with { Attributes = [new("llm_tracing.stream.outcome", outcome)] })));

    [Fact]
    public void Of_CallBeneathIsAnotherLibrarys_IsNone() =>
        Assert.Empty(FailedSpan.Of(Finished.Transaction(
            Finished.Span(), Failed(2, Error(Fault)) with { Source = "System.Net.Http" })));

    [Fact]
    public void Write_SameExceptionInTwoTransactionsOfATrace_HasTheSameEventId()
    {
        var transaction = Finished.Transaction(Failed(1, Error(Fault)));

        var ids = Enumerable.Range(0, 2).Select(_ => WrittenEnvelope.Of(transaction)[1].Payload.GetProperty("event_id").GetString());
        var other = WrittenEnvelope.Of(transaction with { TraceId = ActivityTraceId.CreateRandom() })[1];

        Assert.Single(ids.Distinct());
        Assert.DoesNotContain(other.Payload.GetProperty("event_id").GetString(), ids);
    }

    [Fact]
    public void Write_ErrorsEnvelope_IsOfItsOwnCategory()
    {
        var written = WrittenEnvelope.Of(Finished.Transaction(Failed(1, Error(Fault))));

        Assert.Equal(
            [(Envelope.Transaction, 1), (Envelope.Error, 0)],
            written.Select(static envelope => (envelope.Envelope.Category, envelope.Envelope.Spans)));
        Assert.StartsWith("""{"type":"event",""", written[1].Lines[1], StringComparison.Ordinal);
        Assert.Equal(
            """{"values":[{"type":"App.Refused","value":"No.","mechanism":{"type":"llm_tracing","handled":false,"exception_id":0}}]}""",
            written[1].Payload.GetProperty("exception").GetRawText());
    }

    [Fact]
    public void Write_StacksAreTooMuch_AreLeftOut()
    {
        var frames = Enumerable.Repeat(new FinishedFrame(new string('\u0001', 600)) { Module = new string('\u0001', 600) }, 250);
        var faults = Enumerable.Range(0, 10).Select(_ => Fault with { Id = Guid.NewGuid(), Frames = [.. frames] });

        var written = WrittenEnvelope.Of(Finished.Transaction(Failed(1, Error([.. faults]))))[1];

        Assert.True(written.Lines[2].Length < 1024 * 1024);
        Assert.Equal(10, written.Payload.GetProperty("exception").GetProperty("values").GetArrayLength());
    }

    private static FinishedError Error(params FinishedFault[] faults) =>
        new(faults[0].Type, faults[0].Message, null) { Exceptions = faults };

    private static FinishedSpan Failed(int id, FinishedError error) => Finished.Span() with
    {
        SpanId = ActivitySpanId.CreateFromString($"{id:x16}"),
        Source = LlmTrace.SourceName,
        Status = ActivityStatusCode.Error,
        Error = error,
    };
}
