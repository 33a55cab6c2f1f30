using LlmTracing;
using SseChatApi.Demo;

namespace SseChatApi.Chat;

/// <summary>Answers from this library's own documents: a search, then a model that needs neither key nor network.</summary>
internal sealed class DemoChatProvider(DocSearch docs, DemoChatClient model) : IChatProvider
{
    private const int MostSections = 3;

    private static readonly LlmCall Call = new(DemoChatClient.ModelId) { Provider = DemoChatClient.ProviderName };

    public IResult Answer(string message) => new AgentResult("librarian", () =>
    {
        var prompt = DemoPrompt.For(message, Search(message));
        return Results.TracedSse(model.GetStreamingResponseAsync(prompt), TextEvents.Of, Call);
    });

    private IReadOnlyList<DocHit> Search(string message)
    {
        using var span = LlmTrace.StartTool("search_docs");
        var hits = docs.Search(message, MostSections);
        span.Set("search.hits", hits.Count);
        return hits;
    }
}
