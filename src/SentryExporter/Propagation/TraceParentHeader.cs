using System.Diagnostics;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The header <c>traceparent</c>: <c>version-traceid-spanid-flags</c>, in hex digits.</summary>
/// <remarks>
/// https://www.w3.org/TR/trace-context/#traceparent-header. Read here, since <c>ActivityContext.TryParse</c> of .NET 10 takes
/// anything for a dash.
/// </remarks>
internal static class TraceParentHeader
{
    public const string Name = "traceparent";
    public const string StateName = "tracestate";

    private const int Length = 55;

    // What everyone is asked to pass on at least: https://www.w3.org/TR/trace-context/#tracestate-limits.
    private const int MostStateCharacters = 512;

    /// <summary>Reads the header; anything malformed is none.</summary>
    public static ActivityContext? Parse(ReadOnlySpan<char> text, string? state)
    {
        if (text.Length < Length || text[2] != '-' || text[35] != '-' || text[52] != '-')
        {
            return null;
        }

        var version = text[..2];
        var traceId = text[3..35];
        var spanId = text[36..52];
        var flags = text[53..Length];
        if (!HexId.IsHex(version) || !HexId.IsHex(flags) || !HexId.IsValid(traceId) || !HexId.IsValid(spanId)
            || !MayEndAt(text[Length..], version))
        {
            return null;
        }

        return new ActivityContext(
            ActivityTraceId.CreateFromString(traceId),
            ActivitySpanId.CreateFromString(spanId),
            IsRecorded(flags[1]) ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
            MayPassOn(state) ? state : null,
            isRemote: true);
    }

    public static string Of(in ActivityContext context)
    {
        var flags = (context.TraceFlags & ActivityTraceFlags.Recorded) != 0 ? "01" : "00";
        return $"00-{context.TraceId.ToHexString()}-{context.SpanId.ToHexString()}-{flags}";
    }

    // What came in goes out again, and a request with other characters, or too many, would not be sent or not be taken.
    private static bool MayPassOn(ReadOnlySpan<char> state) =>
        state.Length <= MostStateCharacters && !state.ContainsAnyExceptInRange(' ', '~');

    // A version to come may say more; this one ends here.
    private static bool MayEndAt(ReadOnlySpan<char> rest, ReadOnlySpan<char> version) =>
        version is not "ff" && (rest.IsEmpty || (version is not "00" && rest[0] == '-'));

    // The last bit of the last digit.
    private static bool IsRecorded(char digit) => "13579bdf".Contains(digit);
}
