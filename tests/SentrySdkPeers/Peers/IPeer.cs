namespace LlmTracing.Tests.SentrySdkPeers.Peers;

/// <summary>A way to trace the answers of a model.</summary>
internal interface IPeer
{
    void Add(WebApplicationBuilder builder);

    void Use(WebApplication app);

    IAsyncEnumerable<ChatResponseUpdate> Ask(ScriptedModel model, Script script);
}
