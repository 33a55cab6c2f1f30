using System.Runtime.InteropServices;
using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes what Sentry's events of every type have: which app, which request, which spans.</summary>
/// <remarks>https://develop.sentry.dev/sdk/foundations/transport/event-payloads/.</remarks>
internal sealed class EventFieldsWriter(SentryExporterOptions options)
{
    // Relay cuts it there too: https://github.com/getsentry/relay/blob/26.4.2/relay-event-schema/src/protocol/event.rs
    private const int MostNameCharacters = 200;

    private static readonly string RuntimeVersion = System.Environment.Version.ToString();

    public string? ReleaseOf(FinishedTransaction transaction) =>
        SentryResource.Of(transaction, SentryResource.Release, options.Release);

    public string? EnvironmentOf(FinishedTransaction transaction) =>
        SentryResource.Of(transaction, SentryResource.Environment, options.Environment);

    /// <summary>Decimal, since a double of today's seconds is no longer exact to the tick.</summary>
    public static decimal Seconds(DateTimeOffset time) =>
        (decimal)(time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    public static string NameOf(FinishedTransaction transaction) =>
        SentryText.Cut(transaction.Root.Name, MostNameCharacters);

    public void WriteOrigin(Utf8JsonWriter json, FinishedTransaction transaction)
    {
        WriteIfAny(json, "release"u8, ReleaseOf(transaction));
        WriteIfAny(json, "environment"u8, EnvironmentOf(transaction));
        SentrySdkInfo.Write(json);
    }

    // No cookies, no headers that may hold a secret, no query: RequestSpan has recorded none.
    public static void WriteRequest(Utf8JsonWriter json, FinishedSpan root)
    {
        if (root[HttpAttributes.RequestMethod] is not string method)
        {
            return;
        }

        json.WriteStartObject("request"u8);
        json.WriteString("method"u8, method);
        json.WriteString("url"u8, Secrets.RedactUrl(UrlOf(root)));
        if (root[HttpAttributes.UserAgent] is string userAgent)
        {
            json.WriteStartObject("headers"u8);
            json.WriteString("User-Agent"u8, SentryText.Cut(userAgent));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the contexts, that of the trace by its last step.</summary>
    public static void WriteContexts(Utf8JsonWriter json, Action<Utf8JsonWriter> writeTrace)
    {
        json.WriteStartObject("contexts"u8);
        json.WriteStartObject("trace"u8);
        writeTrace(json);
        json.WriteEndObject();

        json.WriteStartObject("runtime"u8);
        json.WriteString("name"u8, ".NET"u8);
        json.WriteString("version"u8, RuntimeVersion);
        json.WriteEndObject();

        json.WriteStartObject("os"u8);
        json.WriteString("raw_description"u8, RuntimeInformation.OSDescription);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteSpanIds(Utf8JsonWriter json, FinishedTransaction transaction, FinishedSpan span)
    {
        json.WriteString("trace_id"u8, transaction.TraceId.ToHexString());
        json.WriteString("span_id"u8, span.SpanId.ToHexString());
        WriteIfAny(json, "parent_span_id"u8, span.ParentSpanId?.ToHexString());
    }

    public static void WriteIfAny(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, SentryText.Cut(value));
        }
    }

    public static string UrlOf(FinishedSpan root)
    {
        var port = root[GenAiAttributes.ServerPort] is int number ? $":{number}" : null;
        return $"{root[HttpAttributes.UrlScheme]}://{root[GenAiAttributes.ServerAddress]}{port}{root[HttpAttributes.UrlPath]}";
    }
}
