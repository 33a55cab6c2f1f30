using System.Runtime.InteropServices;
using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes a transaction as Sentry's event of that type.</summary>
/// <remarks>https://develop.sentry.dev/sdk/data-model/event-payloads/transaction/.</remarks>
internal sealed class TransactionEventWriter(SentryExporterOptions options)
{
    public void Write(Utf8JsonWriter json, string eventId, FinishedTransaction transaction)
    {
        var root = transaction.Root;
        json.WriteStartObject();
        json.WriteString("type"u8, "transaction"u8);
        json.WriteString("event_id"u8, eventId);
        json.WriteString("platform"u8, "csharp"u8);
        json.WriteString("transaction"u8, root.Name);
        json.WriteStartObject("transaction_info"u8);
        json.WriteString("source"u8, SourceOf(root));
        json.WriteEndObject();
        WriteTimes(json, root);
        WriteIfAny(json, "release"u8, options.Release);
        WriteIfAny(json, "environment"u8, options.Environment);
        SentrySdkInfo.Write(json);
        WriteRequest(json, root);
        WriteContexts(json, transaction);
        WriteSpans(json, transaction);
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
        json.WriteNumber("start_timestamp"u8, Seconds(span.Start));
        json.WriteNumber("timestamp"u8, Seconds(span.End));
    }

    // Decimal, since a double of today's seconds is no longer exact to the tick.
    private static decimal Seconds(DateTimeOffset time) =>
        (decimal)(time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    private static void WriteRequest(Utf8JsonWriter json, FinishedSpan root)
    {
        if (root[HttpAttributes.RequestMethod] is not string method)
        {
            return;
        }

        json.WriteStartObject("request"u8);
        json.WriteString("method"u8, method);
        json.WriteString("url"u8, UrlOf(root));
        if (root[HttpAttributes.UserAgent] is string userAgent)
        {
            json.WriteStartObject("headers"u8);
            json.WriteString("User-Agent"u8, userAgent);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string UrlOf(FinishedSpan root)
    {
        var port = root[GenAiAttributes.ServerPort] is int number ? $":{number}" : null;
        return $"{root[HttpAttributes.UrlScheme]}://{root[GenAiAttributes.ServerAddress]}{port}{root[HttpAttributes.UrlPath]}";
    }

    private static void WriteContexts(Utf8JsonWriter json, FinishedTransaction transaction)
    {
        json.WriteStartObject("contexts"u8);
        json.WriteStartObject("trace"u8);
        WriteSpanFields(json, transaction, transaction.Root);
        json.WriteEndObject();

        json.WriteStartObject("runtime"u8);
        json.WriteString("name"u8, ".NET"u8);
        json.WriteString("version"u8, Environment.Version.ToString());
        json.WriteEndObject();

        json.WriteStartObject("os"u8);
        json.WriteString("raw_description"u8, RuntimeInformation.OSDescription);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSpans(Utf8JsonWriter json, FinishedTransaction transaction)
    {
        json.WriteStartArray("spans"u8);
        foreach (var span in transaction.Spans)
        {
            json.WriteStartObject();
            WriteSpanFields(json, transaction, span);
            json.WriteString("description"u8, SentryOp.DescriptionOf(span));
            WriteTimes(json, span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSpanFields(Utf8JsonWriter json, FinishedTransaction transaction, FinishedSpan span)
    {
        json.WriteString("trace_id"u8, transaction.TraceId.ToHexString());
        json.WriteString("span_id"u8, span.SpanId.ToHexString());
        WriteIfAny(json, "parent_span_id"u8, span.ParentSpanId?.ToHexString());
        json.WriteString("op"u8, SentryOp.Of(span));
        json.WriteString("status"u8, SentryStatus.Of(span));
        json.WriteString("origin"u8, OriginOf(span));
        AttributeWriter.Write(json, span.Attributes);
    }

    // https://develop.sentry.dev/sdk/telemetry/traces/trace-origin/
    private static string OriginOf(FinishedSpan span) =>
        span[GenAiAttributes.OperationName] is not null ? "auto.ai.llm_tracing"
        : span[HttpAttributes.RequestMethod] is not null ? "auto.http.llm_tracing"
        : "auto.otel.llm_tracing";

    private static void WriteIfAny(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }
}
