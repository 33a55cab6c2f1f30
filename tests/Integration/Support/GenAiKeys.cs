namespace LlmTracing.Tests.Integration.Support;

/// <summary>Attribute names by Sentry's conventions: on purpose not the library's own list.</summary>
internal static class GenAiKeys
{
    public const string Usage = "gen_ai.usage.";
    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string ResponseModel = "gen_ai.response.model";
    public const string FinishReasons = "gen_ai.response.finish_reasons";
    public const string Pipeline = "gen_ai.pipeline.name";
    public const string Tool = "gen_ai.tool.name";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string TotalTokens = "gen_ai.usage.total_tokens";
    public const string CacheReadTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string CacheWriteTokens = "gen_ai.usage.cache_creation.input_tokens";
    public const string ReasoningTokens = "gen_ai.usage.reasoning.output_tokens";

    /// <summary>Gets the deprecated names that must repeat a value, by the current name.</summary>
    public static IReadOnlyDictionary<string, string> EqualAliases { get; } = new Dictionary<string, string>
    {
        [Provider] = "gen_ai.system",
        ["gen_ai.request.stream"] = "gen_ai.response.streaming",
        ["gen_ai.response.time_to_first_chunk"] = "gen_ai.response.time_to_first_token",
        [CacheReadTokens] = "gen_ai.usage.input_tokens.cached",
        [CacheWriteTokens] = "gen_ai.usage.input_tokens.cache_write",
        [ReasoningTokens] = "gen_ai.usage.output_tokens.reasoning",
        ["gen_ai.tool.call.arguments"] = "gen_ai.tool.input",
        ["gen_ai.tool.call.result"] = "gen_ai.tool.output",
    };

    /// <summary>Gets the deprecated names that must be there, in an older shape than the current one.</summary>
    public static IReadOnlyDictionary<string, string> ReshapedAliases { get; } = new Dictionary<string, string>
    {
        ["gen_ai.input.messages"] = "gen_ai.request.messages",
        ["gen_ai.output.messages"] = "gen_ai.response.text",
    };

    /// <summary>Whether Relay computes the attribute itself, or no longer knows it.</summary>
    public static bool IsForbidden(string key) =>
        key is "gen_ai.operation.type" or "gen_ai.response.tokens_per_second"
        || key.StartsWith("gen_ai.cost.", StringComparison.Ordinal)
        || key.StartsWith("ai.", StringComparison.Ordinal);

    public static bool IsModelCall(string? operation) =>
        operation is "chat" or "text_completion" or "generate_content" or "embeddings";
}
