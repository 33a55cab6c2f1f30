using System.Diagnostics;

namespace LlmTracing.Streaming.Flow;

/// <summary>What a span says of all the spans beneath it too: whose work it is, and of which conversation.</summary>
internal static class InheritedAttributes
{
    private static readonly string[] Keys =
        [GenAiAttributes.AgentName, GenAiAttributes.PipelineName, GenAiAttributes.ConversationId];

    /// <summary>Takes each from the nearest span above that has it. What the span itself says, set later, wins.</summary>
    public static void Set(Activity span, Activity? parent)
    {
        foreach (var key in Keys)
        {
            for (var above = parent; above is not null; above = above.Parent)
            {
                if (above.GetTagItem(key) is { } value)
                {
                    span.SetTag(key, value);
                    break;
                }
            }
        }
    }
}
