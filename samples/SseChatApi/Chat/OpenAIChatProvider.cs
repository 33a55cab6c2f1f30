using System.ClientModel;
using LlmTracing;
using OpenAI;
using OpenAI.Chat;

namespace SseChatApi.Chat;

/// <summary>Answers through the OpenAI SDK: OpenAI itself, or a server that speaks its protocol.</summary>
internal sealed class OpenAIChatProvider : IChatProvider
{
    private readonly ChatClient _model;
    private readonly LlmCall _call;

    public OpenAIChatProvider(LlmSettings settings)
    {
        var model = settings.Model is { Length: > 0 } named ? named : "gpt-4o-mini";
        var endpoint = settings.BaseUrl ?? new Uri("https://api.openai.com/v1");
        var options = new OpenAIClientOptions { Endpoint = endpoint };
        _model = new ChatClient(model, new ApiKeyCredential(settings.ApiKey!), options);
        _call = new LlmCall(model)
        {
            Provider = "openai",
            ServerAddress = endpoint.Host,
            ServerPort = endpoint.Port,
        };
    }

    // Deferred, for the SDK looks at the token that it is called with, and never at its enumeration's.
    public IResult Answer(string message) =>
        Results.TracedSse(
            LlmTrace.Defer(token =>
                _model.CompleteChatStreamingAsync([new UserChatMessage(message)], cancellationToken: token)),
            TextEvents.Of,
            _call);
}
