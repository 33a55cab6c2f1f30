using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The examples of workflows in docs/workflows.md.</summary>
internal static class WorkflowExample
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/compare", (Ask ask, IChatClient llm) =>
            LlmTrace.RunAsync(LlmTrace.StartWorkflow("compare"), async workflow =>
            {
                workflow.Set(GenAiAttributes.ConversationId, ask.Conversation);
                var answers = await Task.WhenAll(
                    LlmTrace.RunAsync(LlmTrace.StartAgent("optimist"), _ => AskAsync(llm, $"What speaks for {ask.Text}?")),
                    LlmTrace.RunAsync(LlmTrace.StartAgent("sceptic"), _ => AskAsync(llm, $"What speaks against {ask.Text}?")));

                using var task = LlmTrace.StartTask("weigh");
                return Weigh(answers);
            }));
    }

    private static Task<string> AskAsync(IChatClient llm, string question) =>
        LlmTrace.RunAsync(LlmTrace.StartChat(new LlmCall("gpt-4o-mini") { Provider = "openai" }), async chat =>
        {
            var answer = await llm.GetResponseAsync(question);
            chat.Record(new LlmUsage(answer.Usage?.InputTokenCount, answer.Usage?.OutputTokenCount));
            return answer.Text;
        });

    private static string Weigh(string[] answers) => string.Join("\n\n", answers);

    private sealed record Ask(string Text, string Conversation);
}
