using System.Diagnostics;
using LlmTracing.SentryExporter.Delivery;

namespace LlmTracing.Tests.Unit.SentryExporter.Delivery;

public sealed class QueuedItemTests
{
    private static readonly string Long = new('x', 1_000_000);

    public static TheoryData<object> LargeValues => [Long, new[] { Long }, new List<string> { Long }, new object?[] { 1, Long, null }, new double[250_000]];

    [Theory]
    [MemberData(nameof(LargeValues))]
    public void Of_LargeAttribute_CountsAsWhatItTakes(object value)
    {
        var transaction = Transaction(Span() with { Attributes = [new("large", value)] });

        Assert.InRange(QueuedItem.Of(transaction, since: 0).Bytes, 2_000_000, 2_010_000);
    }

    [Fact]
    public void Of_ExceptionOfSeveralSpans_CountsOnce()
    {
        FinishedFault[] exceptions = [new(Guid.NewGuid(), "T", Long) { Frames = new FinishedFrame[100] }];
        var failed = Span() with { Error = new("T", "m", null) { Exceptions = exceptions } };

        Assert.InRange(QueuedItem.Of(Transaction(failed, failed, failed), since: 0).Bytes, 2_030_000, 2_040_000);
    }

    [Fact]
    public void Of_ItemsThatHoldThemselves_Ends()
    {
        var items = new object?[1];
        items[0] = items;

        Assert.InRange(QueuedItem.Of(Transaction(Span() with { Attributes = [new("odd", items)] }), since: 0).Bytes, 1, 1_000);
    }

    private static FinishedSpan Span() => new()
    {
        SpanId = ActivitySpanId.CreateRandom(),
        Source = LlmTrace.SourceName,
        Name = "s",
        Start = DateTimeOffset.UnixEpoch,
        End = DateTimeOffset.UnixEpoch,
    };

    private static FinishedTransaction Transaction(params FinishedSpan[] spans) =>
        new(ActivityTraceId.CreateRandom(), Span(), spans);
}
