using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The transaction itself: what its event says apart from its spans.</summary>
internal static class TransactionChecker
{
    private const string Path = "contexts.trace";

    public static void Check(JsonElement @event, DeviationList deviations)
    {
        deviations.RequireEqual(@event.At("type"), "transaction.type", "transaction");
        deviations.RequireEqual(@event.At("platform"), "transaction.platform", "csharp");
        deviations.RequireText(@event.At("transaction"), "transaction.transaction");
        CheckSource(@event.At("transaction_info").At("source"), deviations);
        SpanTimes.Check(@event, "transaction", deviations);
        CheckTraceContext(@event.At("contexts").At("trace"), deviations);
        CheckOptional(@event, deviations);
    }

    private static void CheckSource(JsonElement source, DeviationList deviations) =>
        deviations.Require(
            source.AsText() is "route" or "url" or "custom",
            $"transaction_info.source must be route, url or custom, was {source.Shown()}.");

    private static void CheckTraceContext(JsonElement trace, DeviationList deviations)
    {
        CheckTraceIds(trace, deviations);
        deviations.RequireMatch(
            trace.At("origin"), $"{Path}.origin", SentryFormats.Origin, SentryFormats.OriginMeaning);
        SpanLinkChecker.Check(trace, Path, deviations);
    }

    /// <summary>The trace context as errors have it too.</summary>
    public static void CheckTraceIds(JsonElement trace, DeviationList deviations)
    {
        deviations.RequireMatch(
            trace.At("trace_id"), $"{Path}.trace_id", SentryFormats.TraceId, SentryFormats.TraceIdMeaning);
        deviations.RequireMatch(
            trace.At("span_id"), $"{Path}.span_id", SentryFormats.SpanId, SentryFormats.SpanIdMeaning);
        deviations.RequireText(trace.At("op"), $"{Path}.op");
        CheckStatus(trace, Path, deviations);

        if (trace.Has("parent_span_id"))
        {
            deviations.RequireMatch(
                trace.At("parent_span_id"),
                $"{Path}.parent_span_id",
                SentryFormats.SpanId,
                SentryFormats.SpanIdMeaning);
        }
    }

    public static void CheckStatus(JsonElement span, string path, DeviationList deviations) =>
        deviations.Require(
            span.At("status").AsText() is { } status && SentryFormats.Statuses.Contains(status),
            $"{path}.status must be one of Sentry's, was {span.At("status").Shown()}.");

    private static void CheckOptional(JsonElement @event, DeviationList deviations)
    {
        foreach (var name in (string[])["release", "environment"])
        {
            if (@event.Has(name))
            {
                deviations.RequireText(@event.At(name), $"transaction.{name}");
            }
        }

        foreach (var tag in @event.At("tags").Members())
        {
            deviations.Require(
                tag.Value.ValueKind == JsonValueKind.String,
                $"tags.{tag.Name} must be a string, was {tag.Value.Shown()}.");
        }

        foreach (var measurement in @event.At("measurements").Members())
        {
            var value = measurement.Value.At("value");
            deviations.Require(
                value.AsNumber() is not null,
                $"measurements.{measurement.Name}.value must be a number, was {value.Shown()}.");
        }
    }
}
