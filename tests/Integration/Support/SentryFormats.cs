using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The spellings Sentry prescribes for identifiers, origins, instants and statuses.</summary>
internal static partial class SentryFormats
{
    public const string TraceIdMeaning = "32 lower hex digits, not all zero";
    public const string SpanIdMeaning = "16 lower hex digits, not all zero";
    public const string OriginMeaning = "an origin such as \"auto.http.aspnetcore\"";

    // Every SDK's SpanStatus, and "unknown", which Relay writes where SDKs write "unknown_error".
    public static readonly FrozenSet<string> Statuses = FrozenSet.Create(
        "ok", "deadline_exceeded", "unauthenticated", "permission_denied", "not_found", "resource_exhausted",
        "invalid_argument", "unimplemented", "unavailable", "internal_error", "unknown_error", "unknown", "cancelled",
        "already_exists", "failed_precondition", "aborted", "out_of_range", "data_loss");

    [GeneratedRegex("^(?!0{32})[0-9a-f]{32}$", RegexOptions.CultureInvariant)]
    public static partial Regex TraceId { get; }

    [GeneratedRegex("^(?!0{16})[0-9a-f]{16}$", RegexOptions.CultureInvariant)]
    public static partial Regex SpanId { get; }

    // https://develop.sentry.dev/sdk/telemetry/traces/trace-origin/ : type.category.integration-name.integration-part
    [GeneratedRegex(@"^(auto|manual)(\.[A-Za-z0-9_]+){0,3}$", RegexOptions.CultureInvariant)]
    public static partial Regex Origin { get; }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$", RegexOptions.CultureInvariant)]
    public static partial Regex Rfc3339 { get; }

    [GeneratedRegex("^[0-9]+$", RegexOptions.CultureInvariant)]
    public static partial Regex Count { get; }

    [GeneratedRegex("^(true|false)$", RegexOptions.CultureInvariant)]
    public static partial Regex Flag { get; }

    [GeneratedRegex(@"^(0(\.\d+)?|1(\.0+)?|\d(\.\d+)?[eE]-\d+)$", RegexOptions.CultureInvariant)]
    public static partial Regex Rate { get; }
}
