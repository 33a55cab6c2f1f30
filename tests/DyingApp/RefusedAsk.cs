using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LlmTracing.Tests.DyingApp;

/// <summary>A workflow that asks a provider with credentials that it refuses.</summary>
public static class RefusedAsk
{
    /// <summary>Asks in a step of the workflow "answer", once.</summary>
    /// <param name="provider"><c>openai</c> or <c>anthropic</c>, by its own SDK.</param>
    /// <param name="baseUrl">Where the provider is.</param>
    /// <param name="isStreamed">Whether the answer is asked for as a stream.</param>
    /// <param name="onRefusal">What the step does once it is refused, before the exception goes on.</param>
    public static Task RunAsync(string provider, string baseUrl, bool isStreamed, Action? onRefusal = null)
    {
        var call = new LlmCall("m") { Provider = provider };
        Func<Task> ask = (provider, isStreamed) switch
        {
            ("openai", true) => () => ReadAsync(
                OpenAI(baseUrl).CompleteChatStreamingAsync([new UserChatMessage("My password is pl4nted.")]).TraceLlm(call)),
            ("openai", false) => () => LlmTrace.RunAsync(
                LlmTrace.StartChat(call), Task (_) => OpenAI(baseUrl).CompleteChatAsync([new UserChatMessage("My password is pl4nted.")])),
            ("anthropic", true) => () => ReadAsync(Anthropic(baseUrl).GetStreamingResponseAsync("My password is pl4nted.").TraceLlm(call)),
            ("anthropic", false) => () => LlmTrace.RunAsync(
                LlmTrace.StartChat(call), Task (_) => Anthropic(baseUrl).GetResponseAsync([new ChatMessage(ChatRole.User, "My password is pl4nted.")])),
            _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "No SDK of it is here."),
        };

        return LlmTrace.RunAsync(LlmTrace.StartWorkflow("answer"), _ =>
            LlmTrace.RunAsync(LlmTrace.StartTask("ask the model"), async _ =>
            {
                try
                {
                    await ask();
                }
                catch when (onRefusal is not null)
                {
                    onRefusal();
                    throw;
                }
            }));
    }

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> answer)
    {
        await foreach (var _ in answer)
        {
            throw new InvalidOperationException("The provider did not refuse.");
        }
    }

    private static ChatClient OpenAI(string baseUrl) => new(
        "m",
        new ApiKeyCredential("sk-pl4nted"),
        new OpenAIClientOptions { Endpoint = new Uri(baseUrl), RetryPolicy = new ClientRetryPolicy(0) });

    private static IChatClient Anthropic(string baseUrl) =>
        new AnthropicClient { ApiKey = "sk-pl4nted", BaseUrl = baseUrl, MaxRetries = 0 }.AsIChatClient("m");
}
