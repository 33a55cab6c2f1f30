namespace LlmTracing;

/// <summary>What becomes of the provider's answer when its reader leaves.</summary>
public enum DisconnectBehavior
{
    /// <summary>The source's token is cancelled: nothing more is paid for, but the usage may stay unknown.</summary>
    CancelUpstream,

    /// <summary>
    /// The answer is read on without the client, up to <see cref="TracedSseOptions.DrainLimit"/>, for its exact usage.
    /// </summary>
    DrainUpstream,
}
