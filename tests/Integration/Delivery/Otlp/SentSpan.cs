using System.Collections;
using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Delivery.Otlp;

/// <summary>All that a span says, told in one way whether our recorder has it or a collector.</summary>
internal static class SentSpan
{
    public static string Of(RecordedSpan span, string traceId) => Tell(
        traceId,
        span.SpanId.ToHexString(),
        span.ParentSpanId?.ToHexString() ?? "",
        (span.Source, span.Name, span.Kind, span.Status),
        (Nanoseconds(span.Start), Nanoseconds(span.End)),
        span.Links.Select(static link => link.SpanId.ToHexString()),
        span.Attributes);

    public static string Of(OtlpSpan span) => Tell(
        span.TraceId,
        span.SpanId,
        span.ParentSpanId,
        (span.Scope, span.Name, span.Kind, span.Status),
        (span.Start, span.End),
        span.Links,
        span.Attributes);

    private static string Tell(
        string traceId,
        string spanId,
        string parentSpanId,
        (string Source, string Name, ActivityKind Kind, ActivityStatusCode Status) what,
        (ulong Start, ulong End) when,
        IEnumerable<string> links,
        IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        var told = attributes
            .Select(static attribute => $"{attribute.Key} = {Value(attribute.Value)}")
            .Order(StringComparer.Ordinal);
        return $"{traceId} {spanId} < {parentSpanId}, {what}, {when}, -> [{string.Join(", ", links)}]:\n  {string.Join("\n  ", told)}\n";
    }

    // Integers are one type there.
    private static string Value(object? value) => value switch
    {
        string text => $"\"{text}\"",
        IEnumerable array => $"[{string.Join(", ", array.Cast<object?>().Select(Value))}]",
        int or long => FormattableString.Invariant($"integer {value}"),
        _ => FormattableString.Invariant($"{value?.GetType().Name} {value:R}"),
    };

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
