using System.Diagnostics;

namespace LlmTracing.SentryExporter.Mapping;

/// <summary>Sentry's word for how a span ended.</summary>
/// <remarks>https://develop.sentry.dev/sdk/telemetry/traces/span-status/.</remarks>
internal static class SentryStatus
{
    private const string Cancelled = "cancelled";
    private const string DeadlineExceeded = "deadline_exceeded";
    private const string InternalError = "internal_error";

    public static string Of(FinishedSpan span) => span switch
    {
        { IsUnfinished: true } => DeadlineExceeded,
        { Outcome: StreamOutcome.ClientDisconnected or StreamOutcome.Abandoned or StreamOutcome.WriteTimedOut } =>
            Cancelled,
        { Outcome: StreamOutcome.UpstreamTimedOut } => DeadlineExceeded,
        { Outcome: StreamOutcome.ServerStopping or StreamOutcome.ProcessTerminated } => "aborted",
        { Status: ActivityStatusCode.Error } => OfError(span),
        _ => OfResponse(StatusCode(span, HttpAttributes.ResponseStatusCode)) ?? "ok",
    };

    private static string OfError(FinishedSpan span) =>
        OfProvider(StatusCode(span, LlmTracingAttributes.UpstreamStatusCode))
        ?? OfResponse(StatusCode(span, HttpAttributes.ResponseStatusCode))
        ?? InternalError;

    // A provider's 500 is not this server's: the provider was not there when it was needed.
    private static string? OfProvider(int? status) => status is >= 500 ? "unavailable" : OfResponse(status);

    private static string? OfResponse(int? status) => status switch
    {
        401 => "unauthenticated",
        403 => "permission_denied",
        404 => "not_found",
        408 or 504 => DeadlineExceeded,
        409 => "already_exists",
        429 => "resource_exhausted",
        499 => Cancelled,
        501 => "unimplemented",
        503 => "unavailable",
        >= 500 => InternalError,
        >= 400 => "invalid_argument",
        _ => null,
    };

    private static int? StatusCode(FinishedSpan span, string key) => span[key] switch
    {
        int status => status,
        long status => (int)status,
        _ => null,
    };
}
