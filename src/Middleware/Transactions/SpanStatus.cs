using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Reads the status of a span.</summary>
internal static class SpanStatus
{
    // Libraries that are older than Activity.Status, Npgsql up to version 9 for one, say it by this attribute:
    // https://github.com/open-telemetry/opentelemetry-specification/blob/v1.20.0/specification/trace/sdk_exporters/non-otlp.md
    public static ActivityStatusCode Of(Activity activity) =>
        activity.Status == ActivityStatusCode.Unset && activity.GetTagItem("otel.status_code") is "ERROR"
            ? ActivityStatusCode.Error
            : activity.Status;
}
