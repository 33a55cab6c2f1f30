namespace LlmTracing.Tests.SentrySdkPeers;

/// <summary>How the model answers.</summary>
internal enum Script
{
    /// <summary>Two chunks, and not a word of tokens.</summary>
    NoUsage,

    /// <summary>Two chunks, each of which says what was used by then, as Gemini's and some servers with OpenAI's protocol do: 11 and 1, 11 and 4.</summary>
    RunningTotals,

    /// <summary>One chunk, which says what was used by then, 11 and 1, as Anthropic does; then nothing, until it is cancelled.</summary>
    NeverEnds,
}
