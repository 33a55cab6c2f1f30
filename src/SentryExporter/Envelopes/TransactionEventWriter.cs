using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes a transaction as Sentry's event of that type.</summary>
/// <remarks>https://develop.sentry.dev/sdk/data-model/event-payloads/transaction/.</remarks>
internal sealed class TransactionEventWriter(EventFieldsWriter fields)
{
    public void Write(Utf8JsonWriter json, string eventId, FinishedTransaction transaction)
    {
        var root = transaction.Root;
        json.WriteStartObject();
        json.WriteString("type"u8, "transaction"u8);
        json.WriteString("event_id"u8, eventId);
        json.WriteString("platform"u8, "csharp"u8);
        json.WriteString("transaction"u8, EventFieldsWriter.NameOf(transaction));
        json.WriteStartObject("transaction_info"u8);
        json.WriteString("source"u8, SourceOf(root));
        json.WriteEndObject();
        WriteTimes(json, root);
        fields.WriteOrigin(json, transaction);
        EventFieldsWriter.WriteRequest(json, root);
        EventFieldsWriter.WriteContexts(json, trace => WriteSpanFields(trace, transaction, root));
        WriteSpans(json, transaction);
        json.WriteEndObject();
    }

    public static void WriteSpan(Utf8JsonWriter json, FinishedTransaction transaction, FinishedSpan span)
    {
        json.WriteStartObject();
        WriteSpanFields(json, transaction, span);
        json.WriteString("description"u8, SentryOp.DescriptionOf(span));
        WriteTimes(json, span);
        json.WriteEndObject();
    }

    private static string SourceOf(FinishedSpan root) => root switch
    {
        _ when root[HttpAttributes.Route] is not null => "route",
        _ when root[HttpAttributes.RequestMethod] is not null => "url",
        _ => "custom",
    };

    private static void WriteTimes(Utf8JsonWriter json, FinishedSpan span)
    {
        json.WriteNumber("start_timestamp"u8, EventFieldsWriter.Seconds(span.Start));
        json.WriteNumber("timestamp"u8, EventFieldsWriter.Seconds(span.End));
    }

    private static void WriteSpans(Utf8JsonWriter json, FinishedTransaction transaction)
    {
        json.WriteStartArray("spans"u8);
        foreach (var span in transaction.Spans)
        {
            WriteSpan(json, transaction, span);
        }

        json.WriteEndArray();
    }

    private static void WriteSpanFields(Utf8JsonWriter json, FinishedTransaction transaction, FinishedSpan span)
    {
        EventFieldsWriter.WriteSpanIds(json, transaction, span);
        json.WriteString("op"u8, SentryOp.Of(span));
        json.WriteString("status"u8, SentryStatus.Of(span));
        json.WriteString("origin"u8, SentryOrigin.Of(span));
        AttributeWriter.Write(json, span.Attributes);
        LinkWriter.Write(json, span.Links);
    }
}
