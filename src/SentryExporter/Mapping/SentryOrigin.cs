namespace LlmTracing.SentryExporter.Mapping;

/// <summary>Sentry's word for what made a span.</summary>
/// <remarks>https://develop.sentry.dev/sdk/telemetry/traces/trace-origin/.</remarks>
internal static class SentryOrigin
{
    public static string Of(FinishedSpan span) =>
        span[GenAiAttributes.OperationName] is not null ? "auto.ai.llm_tracing"
        : span[HttpAttributes.RequestMethod] is not null ? "auto.http.llm_tracing"
        : "auto.otel.llm_tracing";
}
