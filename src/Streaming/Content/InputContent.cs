using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.AI;

namespace LlmTracing.Streaming.Content;

/// <summary>Records what a call is asked: its instructions and its messages, as they are when it begins.</summary>
internal static class InputContent
{
    public static void Set(Activity span, LlmCall call)
    {
        if ((call.Instructions ?? (object?)call.Messages) is null || SpanContent.RulesFor(span, call) is not { } rules)
        {
            return;
        }

        try
        {
            Set(span, call, rules);
        }
        catch (Exception exception)
        {
            // Messages are the app's own objects, which it may change meanwhile: the span goes on without them.
            Log.ContentFailed(Log.For(CurrentRequest.Loggers), exception);
        }
    }

    private static void Set(Activity span, LlmCall call, ContentRules rules)
    {
        if (call.Instructions is { } instructions)
        {
            SetInstructions(span, instructions, new ContentBudget(rules));
        }

        if (call.Messages is { Count: > 0 } messages)
        {
            SetMessages(span, messages, new ContentBudget(rules));
        }
    }

    private static void SetInstructions(Activity span, string instructions, ContentBudget budget)
    {
        if (budget.Take(instructions) is { } kept)
        {
            span.SetTag(
                GenAiAttributes.SystemInstructions,
                ContentJson.WriteArray(json => MessageParts.WriteKept(json, "text", kept)));
        }

        ContentCut.Mark(span, budget);
    }

    private static void SetMessages(Activity span, IReadOnlyList<ChatMessage> messages, ContentBudget budget)
    {
        span.SetTag(GenAiAttributes.InputMessages, Write(messages, budget));
        ContentCut.Mark(span, budget);
    }

    // The newest say most about what was asked, so they are taken first; they are written in their order all the same.
    private static string Write(IReadOnlyList<ChatMessage> messages, ContentBudget budget)
    {
        var kept = new Stack<string>();
        for (var i = messages.Count - 1; i >= 0 && budget.HasRoom(); i--)
        {
            var message = messages[i];
            kept.Push(ContentJson.Write(json => MessageParts.WriteMessage(json, message, budget)));
        }

        return $"[{string.Join(',', kept)}]";
    }
}
