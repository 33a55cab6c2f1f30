using System.Diagnostics;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The header <c>sentry-trace</c>: 32 hex digits, 16 hex digits and maybe a flag, joined by dashes.</summary>
/// <remarks>https://develop.sentry.dev/sdk/foundations/trace-propagation/#header-sentry-trace.</remarks>
/// <param name="TraceId">The trace.</param>
/// <param name="SpanId">The span of the caller that is live while it waits for the answer.</param>
/// <param name="IsSampled">Whether the caller records the trace; null if it leaves that to whom it calls.</param>
internal readonly record struct SentryTraceHeader(ActivityTraceId TraceId, ActivitySpanId SpanId, bool? IsSampled)
{
    public const string Name = "sentry-trace";

    private const int TraceIdLength = 32;
    private const int SpanIdLength = 16;
    private const int DeferredLength = TraceIdLength + 1 + SpanIdLength;

    /// <summary>Reads the header; anything malformed is none.</summary>
    public static SentryTraceHeader? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim(" \t");
        if (text.Length is not (DeferredLength or DeferredLength + 2) || text[TraceIdLength] != '-')
        {
            return null;
        }

        var traceId = text[..TraceIdLength];
        var spanId = text[(TraceIdLength + 1)..DeferredLength];
        return HexId.IsValid(traceId) && HexId.IsValid(spanId) && TryReadFlag(text[DeferredLength..], out var isSampled)
            ? new(ActivityTraceId.CreateFromString(traceId), ActivitySpanId.CreateFromString(spanId), isSampled)
            : null;
    }

    public override string ToString() => IsSampled switch
    {
        null => $"{TraceId.ToHexString()}-{SpanId.ToHexString()}",
        true => $"{TraceId.ToHexString()}-{SpanId.ToHexString()}-1",
        false => $"{TraceId.ToHexString()}-{SpanId.ToHexString()}-0",
    };

    private static bool TryReadFlag(ReadOnlySpan<char> text, out bool? isSampled)
    {
        isSampled = text is "-1" ? true : text is "-0" ? false : null;
        return text.IsEmpty || isSampled is not null;
    }
}
