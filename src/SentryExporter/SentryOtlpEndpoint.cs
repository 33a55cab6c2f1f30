using LlmTracing.SentryExporter.Delivery;

namespace LlmTracing;

/// <summary>Where OpenTelemetry's OTLP exporter sends the traces of a Sentry project, and with which key.</summary>
/// <remarks>It is for protobuf over HTTP: https://docs.sentry.io/concepts/otlp/direct/traces/.</remarks>
public sealed class SentryOtlpEndpoint
{
    private SentryOtlpEndpoint(SentryDsn dsn)
    {
        // Beside the endpoint for envelopes: …/api/PROJECT/envelope/.
        TracesUrl = new Uri(dsn.EnvelopeUrl, "../integration/otlp/v1/traces");
        Headers = $"x-sentry-auth=sentry sentry_key={dsn.PublicKey}";
    }

    /// <summary>Gets the address for traces, whole: nothing is appended to it.</summary>
    public Uri TracesUrl { get; }

    /// <summary>Gets the header that names the project's key, as <c>OtlpExporterOptions.Headers</c> wants it.</summary>
    /// <value><c>x-sentry-auth=sentry sentry_key=PUBLIC_KEY</c>.</value>
    public string Headers { get; }

    /// <summary>Reads the address of a Sentry project.</summary>
    /// <param name="dsn"><c>https://PUBLIC_KEY@HOST[:PORT]/[PATH/]PROJECT</c>.</param>
    /// <returns>The project's endpoint.</returns>
    /// <exception cref="FormatException">It is not of that form; the message says why, without the key.</exception>
    public static SentryOtlpEndpoint Parse(string dsn)
    {
        ArgumentNullException.ThrowIfNull(dsn);
        return SentryDsn.TryParse(dsn, out var parsed, out var problem)
            ? new SentryOtlpEndpoint(parsed)
            : throw new FormatException(
                $"A DSN must look like https://PUBLIC_KEY@HOST/PROJECT, but {problem}. Copy it from the project's settings "
                + "in Sentry.");
    }
}
