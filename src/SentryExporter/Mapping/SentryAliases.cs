using System.Collections.Frozen;

namespace LlmTracing.SentryExporter.Mapping;

/// <summary>The older names that Sentry and its viewer still read some attributes by.</summary>
/// <remarks>
/// Relay prices cached and reasoning tokens by the old keys, and Spotlight shows only those; the new ones are
/// OpenTelemetry's. https://github.com/getsentry/sentry-conventions, 0.19.0.
/// </remarks>
internal static class SentryAliases
{
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>
    {
        [GenAiAttributes.ProviderName] = "gen_ai.system",
        [GenAiAttributes.RequestStream] = "gen_ai.response.streaming",
        [GenAiAttributes.ResponseTimeToFirstChunk] = "gen_ai.response.time_to_first_token",
        [GenAiAttributes.UsageCacheReadInputTokens] = "gen_ai.usage.input_tokens.cached",
        [GenAiAttributes.UsageCacheCreationInputTokens] = "gen_ai.usage.input_tokens.cache_write",
        [GenAiAttributes.UsageReasoningOutputTokens] = "gen_ai.usage.output_tokens.reasoning",
        [GenAiAttributes.ToolCallArguments] = "gen_ai.tool.input",
        [GenAiAttributes.ToolCallResult] = "gen_ai.tool.output",
        [GenAiAttributes.InputMessages] = "gen_ai.request.messages",
        [GenAiAttributes.OutputMessages] = "gen_ai.response.text",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Names =
        Aliases.ToFrozenDictionary(static pair => pair.Value, static pair => pair.Key);

    public static string? Of(string attribute) => Aliases.GetValueOrDefault(attribute);

    /// <summary>Gives the newer name of what may be an older one.</summary>
    public static string NewerOf(string attribute) => Names.GetValueOrDefault(attribute, attribute);
}
