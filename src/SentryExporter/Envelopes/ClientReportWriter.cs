using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes an envelope that tells Sentry what it will not get.</summary>
/// <remarks>https://develop.sentry.dev/sdk/telemetry/client-reports/.</remarks>
internal static class ClientReportWriter
{
    public static byte[] Write(
        IReadOnlyCollection<(string Reason, string Category, long Quantity)> discarded, DateTimeOffset now)
    {
        using var payload = new MemoryStream();
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("timestamp"u8, Rfc3339(now));
            json.WriteStartArray("discarded_events"u8);
            foreach (var (reason, category, quantity) in discarded)
            {
                json.WriteStartObject();
                json.WriteString("reason"u8, reason);
                json.WriteString("category"u8, category);
                json.WriteNumber("quantity"u8, quantity);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            WriteLine(gzip, json =>
            {
                json.WriteString("sent_at"u8, Rfc3339(now));
                SentrySdkInfo.Write(json);
            });
            WriteLine(gzip, json =>
            {
                json.WriteString("type"u8, "client_report"u8);
                json.WriteNumber("length"u8, payload.Length);
            });
            payload.WriteTo(gzip);
            gzip.Write("\n"u8);
        }

        return compressed.ToArray();
    }

    private static string Rfc3339(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void WriteLine(Stream output, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
