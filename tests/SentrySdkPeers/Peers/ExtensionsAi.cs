namespace LlmTracing.Tests.SentrySdkPeers.Peers;

/// <summary>The SDK with Sentry.Extensions.AI.</summary>
internal sealed class ExtensionsAi : IPeer
{
    public void Add(WebApplicationBuilder builder)
    {
    }

    public void Use(WebApplication app)
    {
    }

    public IAsyncEnumerable<ChatResponseUpdate> Ask(ScriptedModel model, Script script) =>
        model.As(script).AddSentry().GetStreamingResponseAsync("What is a span?");
}
