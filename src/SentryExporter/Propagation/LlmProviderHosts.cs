namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The public APIs of LLM providers. They never join a trace, and need not know of it.</summary>
internal static class LlmProviderHosts
{
    private static readonly string[] Hosts =
    [
        "api.openai.com", "api.anthropic.com", "generativelanguage.googleapis.com", "aiplatform.googleapis.com",
        "api.mistral.ai", "api.cohere.com", "api.cohere.ai", "api.groq.com", "api.deepseek.com", "api.x.ai", "openrouter.ai",
        "api.together.xyz", "api.together.ai", "api.fireworks.ai", "api.perplexity.ai", "api.cerebras.ai",
        "api.sambanova.ai", "api.ai21.com", "api.replicate.com", "api.studio.nebius.ai", "api.moonshot.ai",
        "integrate.api.nvidia.com", "models.github.ai", "models.inference.ai.azure.com", "router.huggingface.co",
        "api-inference.huggingface.co", "dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "api.voyageai.com",
    ];

    // Each customer, or each region, has a host of its own beneath these.
    private static readonly string[] Suffixes =
    [
        ".api.openai.com", ".openai.azure.com", ".services.ai.azure.com", ".models.ai.azure.com",
        "-aiplatform.googleapis.com", ".endpoints.huggingface.cloud",
    ];

    public static bool Has(Uri target)
    {
        var host = target.Host;
        foreach (var known in Hosts)
        {
            if (host.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        foreach (var suffix in Suffixes)
        {
            if (host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return IsBedrock(host);
    }

    // As in bedrock-runtime.eu-central-1.amazonaws.com.
    private static bool IsBedrock(string host) =>
        host.StartsWith("bedrock", StringComparison.OrdinalIgnoreCase)
        && host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase);
}
