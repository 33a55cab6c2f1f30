using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Start and end of a span or transaction, in seconds since 1970.</summary>
internal readonly record struct SpanTimes(double Start, double End)
{
    /// <returns>The times, or null if one is missing or they are swapped: then the list says so.</returns>
    public static SpanTimes? Check(JsonElement span, string path, DeviationList deviations)
    {
        var (start, end) = (span.At("start_timestamp"), span.At("timestamp"));
        var hasStart = deviations.Require(
            start.AsNumber() is not null, $"{path}.start_timestamp must be a number, was {start.Shown()}.");

        // Relay stamps a span without an end as deadline_exceeded; older ones drop the whole transaction.
        var hasEnd = deviations.Require(
            end.AsNumber() is not null, $"{path}.timestamp must be a number, was {end.Shown()}.");
        var isOrdered = !hasStart || !hasEnd || deviations.Require(
            start.GetDouble() <= end.GetDouble(),
            $"{path} ends at {end.Shown()}, before it starts at {start.Shown()}.");

        return hasStart && hasEnd && isOrdered ? new SpanTimes(start.GetDouble(), end.GetDouble()) : null;
    }
}
