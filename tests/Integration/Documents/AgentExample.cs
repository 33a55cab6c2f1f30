using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The example of an agent in docs/workflows.md.</summary>
internal static class AgentExample
{
    private static readonly LlmCall Call = new("gpt-4o-mini") { Provider = "openai" };
    private static readonly ChatOptions Tools = new();

    public static void Map(WebApplication app)
    {
        app.MapPost("/agent", (Ask ask, IChatClient llm, HttpContext context) =>
            LlmTrace.RunAsync(LlmTrace.StartAgent("harbour"), async _ =>
            {
                var asked = await llm.GetStreamingResponseAsync(ask.Messages, Tools).TraceLlm(Call).ToChatResponseAsync();
                var calls = asked.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>();
                var results = await Task.WhenAll(calls.Select(call =>
                    LlmTrace.RunAsync(LlmTrace.StartTool(call.Name, call.CallId), _ => RunAsync(call))));

                var answer = llm.GetStreamingResponseAsync([.. ask.Messages, .. asked.Messages, new(ChatRole.Tool, results)], Tools);
                await Results.TracedSse(answer, Call).ExecuteAsync(context);
            }));
    }

    private static Task<AIContent> RunAsync(FunctionCallContent call) =>
        Task.FromResult<AIContent>(new FunctionResultContent(call.CallId, "12:30"));

    private sealed record Ask(IReadOnlyList<ChatMessage> Messages);
}
