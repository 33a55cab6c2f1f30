using System.Collections.Frozen;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The public APIs of LLM providers. They never join a trace, and need not know of it.</summary>
internal static class LlmProviderHosts
{
    private static readonly FrozenSet<string> Hosts = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "api.openai.com", "api.anthropic.com", "generativelanguage.googleapis.com", "aiplatform.googleapis.com",
        "api.mistral.ai", "api.cohere.com", "api.cohere.ai", "api.groq.com", "api.deepseek.com", "api.x.ai", "openrouter.ai",
        "api.together.xyz", "api.together.ai", "api.fireworks.ai", "api.perplexity.ai", "api.cerebras.ai",
        "api.sambanova.ai", "api.ai21.com", "api.replicate.com", "api.studio.nebius.ai", "api.moonshot.ai",
        "integrate.api.nvidia.com", "models.github.ai", "models.inference.ai.azure.com", "router.huggingface.co",
        "api-inference.huggingface.co", "dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "api.voyageai.com",
        "api.githubcopilot.com", "ollama.com", "api.z.ai", "open.bigmodel.cn", "ai-gateway.vercel.sh",
        "gateway.ai.cloudflare.com", "api.hyperbolic.xyz");

    // Each customer, or each region, has a host of its own: what they all begin with, and end with.
    private static readonly (string Start, string End)[] Patterns =
    [
        ("", ".api.openai.com"), ("", ".openai.azure.com"), ("", ".services.ai.azure.com"), ("", ".models.ai.azure.com"),
        ("", ".cognitiveservices.azure.com"), ("", ".endpoints.huggingface.cloud"), ("", ".githubcopilot.com"),
        ("", "-aiplatform.googleapis.com"), ("aiplatform.", ".rep.googleapis.com"),
        ("bedrock", ".amazonaws.com"), ("bedrock", ".api.aws"),
    ];

    public static bool Has(Uri target)
    {
        var host = HostPattern.NameOf(target);
        foreach (var (start, end) in Patterns)
        {
            if (host.StartsWith(start, StringComparison.OrdinalIgnoreCase)
                && host.EndsWith(end, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return Hosts.Contains(host);
    }
}
