namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Why an event is not sent, in the words of client reports.</summary>
/// <remarks>https://develop.sentry.dev/sdk/telemetry/client-reports/#supported-discard-reasons.</remarks>
internal static class DiscardReason
{
    /// <summary>The memory for what waits was full.</summary>
    public const string QueueOverflow = "queue_overflow";

    /// <summary>The spool was full, or it had waited there for too long.</summary>
    public const string CacheOverflow = "cache_overflow";

    /// <summary>Sentry had asked for none of the kind for a while.</summary>
    public const string RateLimit = "ratelimit_backoff";

    /// <summary>Sentry refused it.</summary>
    public const string SendError = "send_error";

    /// <summary>The app's own hook has dropped it.</summary>
    public const string BeforeSend = "before_send";

    /// <summary>It could not be written as an envelope.</summary>
    public const string InternalError = "internal_sdk_error";
}
