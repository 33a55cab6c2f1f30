using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmTracing.Middleware.TraceView;

/// <summary>Writes transactions as JSON for a page: times in UTC, durations in milliseconds, attributes as they are.</summary>
internal static class TransactionJson
{
    // For a page, which shows it as text: an é need not be \u00E9.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gives one, without a line break.</summary>
    public static string Of(FinishedTransaction transaction) => Write(json => WriteTransaction(json, transaction));

    /// <summary>Gives <c>{"transactions":[…]}</c>.</summary>
    public static string Of(IEnumerable<FinishedTransaction> transactions) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("transactions");
        foreach (var transaction in transactions)
        {
            WriteTransaction(json, transaction);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Readable))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static void WriteTransaction(Utf8JsonWriter json, FinishedTransaction transaction)
    {
        json.WriteStartObject();
        json.WriteString("traceId", transaction.TraceId.ToHexString());
        WriteFields(json, transaction.Root);
        json.WriteStartArray("spans");
        foreach (var span in transaction.Spans)
        {
            json.WriteStartObject();
            WriteFields(json, span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, FinishedSpan span)
    {
        json.WriteString("spanId", span.SpanId.ToHexString());
        if (span.ParentSpanId is { } parent)
        {
            json.WriteString("parentSpanId", parent.ToHexString());
        }

        json.WriteString("name", span.Name);
        json.WriteString("source", span.Source);
        json.WriteString("start", span.Start.UtcDateTime);
        json.WriteNumber("durationMs", Math.Max(0, (span.End - span.Start).TotalMilliseconds));
        json.WriteBoolean("isOpen", span.IsUnfinished);
        json.WriteBoolean("isError", span.Status == System.Diagnostics.ActivityStatusCode.Error);
        json.WriteStartObject("attributes");
        foreach (var (key, value) in span.Attributes)
        {
            json.WritePropertyName(key);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool yes:
                json.WriteBooleanValue(yes);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case IEnumerable values:
                json.WriteStartArray();
                foreach (var one in values)
                {
                    WriteValue(json, one);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
