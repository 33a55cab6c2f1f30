namespace LlmTracing.SentryExporter.Delivery;

/// <summary>What became of an envelope that was posted.</summary>
internal enum SendResult
{
    /// <summary>Sentry has it.</summary>
    Accepted,

    /// <summary>Sentry has refused it for its rate, and counts it itself.</summary>
    Limited,

    /// <summary>Sentry has refused it, and would do so again.</summary>
    Refused,

    /// <summary>Nobody knows: no answer came. It may be sent again.</summary>
    Unanswered,
}
