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

    // The SDK looks at the token it is given here, not at the enumeration's.
    public IResult Answer(string message, CancellationToken aborted) =>
        Results.TracedSse(
            _model.CompleteChatStreamingAsync([new UserChatMessage(message)], cancellationToken: aborted),
            TextEvents.Of,
            _call);
}
