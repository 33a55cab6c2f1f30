namespace LlmTracing.Tests.SentrySdkPeers.Peers;

/// <summary>The SDK with ours.</summary>
internal sealed class Ours : IPeer
{
    public void Add(WebApplicationBuilder builder) =>
        builder.Services.AddLlmTracing().UseSentrySdk();

    public void Use(WebApplication app) => app.UseLlmTracing();

    public IAsyncEnumerable<ChatResponseUpdate> Ask(ScriptedModel model, Script script) =>
        model.AnswerAsync(script).TraceLlm(new LlmCall("m") { Provider = "p" });
}
