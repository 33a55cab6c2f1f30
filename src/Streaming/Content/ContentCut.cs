using System.Diagnostics;

namespace LlmTracing.Streaming.Content;

/// <summary>Says on a span that what it holds of what was said is not all of it.</summary>
internal static class ContentCut
{
    public static void Mark(Activity span, ContentBudget budget)
    {
        if (budget.HasCut)
        {
            span.SetTag(LlmTracingAttributes.ContentCut, true);
        }
    }
}
