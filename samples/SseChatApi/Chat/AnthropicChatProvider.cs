using Anthropic;
using LlmTracing;
using Microsoft.Extensions.AI;

namespace SseChatApi.Chat;

/// <summary>Answers through the Anthropic SDK, as Microsoft.Extensions.AI's chat client.</summary>
internal sealed class AnthropicChatProvider : IChatProvider
{
    private readonly IChatClient _model;
    private readonly LlmCall _call;

    public AnthropicChatProvider(LlmSettings settings)
    {
        var model = settings.Model is { Length: > 0 } named ? named : "claude-haiku-4-5";
        var server = settings.BaseUrl ?? new Uri("https://api.anthropic.com");
        var client = new AnthropicClient { ApiKey = settings.ApiKey, BaseUrl = server.ToString() };
        _model = client.AsIChatClient(model);
        _call = new LlmCall(model)
        {
            Provider = "anthropic",
            ServerAddress = server.Host,
            ServerPort = server.Port,
        };
    }

    public IResult Answer(string message) =>
        Results.TracedSse(
            LlmTrace.Defer(token => _model.GetStreamingResponseAsync(message, cancellationToken: token)),
            TextEvents.Of,
            _call);
}
