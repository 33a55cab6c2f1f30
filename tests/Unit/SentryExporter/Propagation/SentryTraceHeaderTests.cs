using System.Diagnostics;
using LlmTracing.SentryExporter.Propagation;

namespace LlmTracing.Tests.Unit.SentryExporter.Propagation;

public sealed class SentryTraceHeaderTests
{
    private const string TraceId = "771a43a4192642f0b136d5159a501700";
    private const string SpanId = "b7ad6b7169203331";

    [Theory]
    [InlineData("", null)]
    [InlineData("-0", false)]
    [InlineData("-1", true)]
    public void Parse_WellFormed_IsRead(string flag, bool? isSampled)
    {
        var text = $"{TraceId}-{SpanId}{flag}";

        var header = SentryTraceHeader.Parse($" \t{text}\t ");

        Assert.Equal(
            new SentryTraceHeader(
                ActivityTraceId.CreateFromString(TraceId), ActivitySpanId.CreateFromString(SpanId), isSampled),
            header);
        Assert.Equal(text, header.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData($"{TraceId}")]
    [InlineData($"{TraceId}{SpanId}")]
    [InlineData($"{TraceId}-{SpanId}-")]
    [InlineData($"{TraceId}-{SpanId}-2")]
    [InlineData($"{TraceId}-{SpanId}-11")]
    [InlineData($"{TraceId}-{SpanId}1")]
    [InlineData($"{TraceId}_{SpanId}-1")]
    [InlineData($"{TraceId}-{SpanId}-1,{TraceId}-{SpanId}-1")]
    [InlineData($"771A43a4192642f0b136d5159a501700-{SpanId}-1")]
    [InlineData($"771a43a4192642f0b136d5159a50170g-{SpanId}-1")]
    [InlineData($"{TraceId}-b7ad6b716920333٣-1")]
    [InlineData($"00000000000000000000000000000000-{SpanId}-1")]
    [InlineData($"{TraceId}-0000000000000000-1")]
    [InlineData($"00-{TraceId}-{SpanId}-01")]
    public void Parse_Malformed_IsNone(string text) => Assert.Null(SentryTraceHeader.Parse(text));
}
