using System.Globalization;

namespace LlmTracing.Streaming.Flow;

/// <summary>The HTTP status that a provider's error would have had, had it come before its stream.</summary>
internal static class StreamErrorStatus
{
    /// <summary>Gives the status for an error's type, or null for one that says nothing of the kind.</summary>
    public static int? Of(string? type) => type?.ToLowerInvariant() switch
    {
        "rate_limit_error" or "rate_limit_exceeded" or "too_many_requests" or "insufficient_quota"
            or "resource_exhausted" => 429,
        "authentication_error" or "unauthenticated" or "invalid_api_key" => 401,
        "permission_error" or "permission_denied" => 403,
        "api_error" => 500,
        "overloaded_error" or "overloaded" or "unavailable" or "server_is_overloaded" or "service_unavailable" => 503,
        "deadline_exceeded" or "timeout_error" => 504,

        // Gateways put the status itself there.
        { Length: 3 } digits when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            && status is >= 300 and < 600 => status,
        _ => null,
    };
}
