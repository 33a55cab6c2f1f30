using System.Collections.Frozen;

namespace LlmTracing.SentryExporter.Mapping;

/// <summary>The attributes that hold what users, models and tools said.</summary>
internal static class ContentAttributes
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        GenAiAttributes.InputMessages, GenAiAttributes.OutputMessages, GenAiAttributes.SystemInstructions,
        GenAiAttributes.ToolCallArguments,
        GenAiAttributes.ToolCallResult, "gen_ai.tool.definitions",
        "gen_ai.prompt", "gen_ai.completion", "gen_ai.request.messages", "gen_ai.request.available_tools",
        "gen_ai.response.text", "gen_ai.response.tool_calls", "gen_ai.tool.input", "gen_ai.tool.output");

    public static bool Contains(string attribute) => Names.Contains(attribute);
}
