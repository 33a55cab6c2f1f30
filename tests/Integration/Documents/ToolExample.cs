namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The example of a tool in docs/workflows.md.</summary>
internal static class ToolExample
{
    public static IReadOnlyList<string> Search(string query)
    {
        using var span = LlmTrace.StartTool("search_docs");
        span.SetContent(GenAiAttributes.ToolCallArguments, query);
        var hits = Find(query);
        span.Set("search.hits", hits.Count);
        return hits;
    }

    private static List<string> Find(string query) => [query];
}
