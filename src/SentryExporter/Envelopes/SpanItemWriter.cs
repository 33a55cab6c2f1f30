using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes spans as the newer kind of item that holds nothing else.</summary>
/// <remarks>https://develop.sentry.dev/sdk/telemetry/spans/span-protocol/.</remarks>
internal sealed class SpanItemWriter(EventFieldsWriter fields)
{
    public void Write(Utf8JsonWriter json, FinishedTransaction transaction, IReadOnlyList<FinishedSpan> spans)
    {
        json.WriteStartObject();
        json.WriteNumber("version"u8, 2);
        json.WriteStartArray("items"u8);
        foreach (var span in spans)
        {
            WriteSpan(json, transaction, span);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteSpan(Utf8JsonWriter json, FinishedTransaction transaction, FinishedSpan span)
    {
        json.WriteStartObject();
        EventFieldsWriter.WriteSpanIds(json, transaction, span);
        json.WriteString("name"u8, SentryOp.DescriptionOf(span));

        // There are but two words here. Whoever cancelled did not fail.
        json.WriteString("status"u8, SentryStatus.Of(span) is "ok" or "cancelled" ? "ok"u8 : "error"u8);
        json.WriteBoolean("is_segment"u8, false);
        json.WriteNumber("start_timestamp"u8, EventFieldsWriter.Seconds(span.Start));
        json.WriteNumber("end_timestamp"u8, EventFieldsWriter.Seconds(span.End));
        json.WriteStartObject("attributes"u8);
        foreach (var (key, value) in SentryAttributes.Of([.. span.Attributes, .. CommonOf(transaction, span)]))
        {
            TypedAttributeWriter.Write(json, key, value);
        }

        json.WriteEndObject();
        LinkWriter.WriteTyped(json, span.Links);
        json.WriteEndObject();
    }

    // Last, so that they win over an app's own of these names.
    private IEnumerable<KeyValuePair<string, object?>> CommonOf(FinishedTransaction transaction, FinishedSpan span) =>
    [
        new("sentry.op", SentryOp.Of(span)),
        new("sentry.origin", SentryOrigin.Of(span)),
        new("sentry.release", fields.ReleaseOf(transaction)),
        new("sentry.environment", fields.EnvironmentOf(transaction)),
        new("sentry.platform", "csharp"),
        new("sentry.sdk.name", SentrySdkInfo.Name),
        new("sentry.sdk.version", SentrySdkInfo.Version),
        new("sentry.segment.id", transaction.Root.SpanId.ToHexString()),
        new("sentry.segment.name", EventFieldsWriter.NameOf(transaction)),
    ];
}
