using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

public sealed class BeforeSendHookTests
{
    private static readonly FinishedTransaction Transaction = Finished.Transaction(
        Finished.Span() with { Error = new("App.Refused", "No.", null) }, Finished.Span());

    [Fact]
    public void Write_HookChangesIt_WhatItGaveIsSent()
    {
        var written = WrittenEnvelope.Of(
            Transaction, new() { BeforeSend = static sent => sent with { Root = sent.Root with { Name = "changed", Error = null } } });

        Assert.Equal("changed", Assert.Single(written).Payload.GetProperty("transaction").GetString());
    }

    [Fact]
    public void Write_HookGivesNull_NothingIsSentAndAllIsCounted()
    {
        var discarded = new List<Discard>();
        var writer = WrittenEnvelope.Writer(new() { BeforeSend = static _ => null });
        writer.Discarded = discarded.Add;

        Assert.Empty(writer.Write(Transaction));
        Assert.Equal(
            [new("before_send", "transaction", 1), new("before_send", "span", 2), new("before_send", "error", 1)], discarded);
    }

    [Fact]
    public void Write_HookThrows_ItIsSentUnchanged()
    {
        var written = WrittenEnvelope.Of(Transaction, new() { BeforeSend = static _ => throw new NotSupportedException() });

        Assert.Equal(["transaction", "error"], written.Select(static envelope => envelope.Envelope.Category));
    }
}
