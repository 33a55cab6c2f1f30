using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The OpenAI SDK's own client for a scripted provider, which does not try again.</summary>
internal static class OpenAiModel
{
    public static ChatClient Of(ScriptedOpenAi provider) => new(
        "m",
        new ApiKeyCredential(PlantedSecrets.ApiKey),
        new OpenAIClientOptions { Endpoint = new Uri(provider.BaseUrl), RetryPolicy = new ClientRetryPolicy(0) });
}
