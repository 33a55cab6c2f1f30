using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Streaming.Agents;

/// <summary>An agent's loop as an app would write it: it asks, runs the tools asked for at the same time, and answers.</summary>
internal sealed class HarbourAgent(ChatClient llm, HarbourTools tools)
{
    private static readonly LlmCall Call = new("gpt-5-mini") { Provider = "openai" };

    public Task AnswerAsync(HttpContext context) => LlmTrace.RunAsync(LlmTrace.StartAgent("harbour"), async _ =>
    {
        List<ChatMessage> messages = [new UserChatMessage("When is high tide in Brest, in English?")];
        var calls = await AskAsync(messages, context.RequestAborted);
        messages.Add(new AssistantChatMessage(calls));

        // All are started before any is awaited.
        var runs = calls.ConvertAll(call => LlmTrace.RunAsync(
            LlmTrace.StartTool(call.FunctionName, call.Id), _ => tools.RunAsync(call.FunctionName)));
        messages.AddRange(await Task.WhenAll(calls.Zip(runs, ToMessageAsync)));

        var answer = LlmTrace.Defer(token => llm.CompleteChatStreamingAsync(messages, cancellationToken: token));
        await Results.TracedSse(answer, ToEvent, Call).ExecuteAsync(context);
    });

    private async Task<List<ChatToolCall>> AskAsync(List<ChatMessage> messages, CancellationToken cancellationToken)
    {
        var calls = new SortedDictionary<int, ToolCallPieces>();
        await foreach (var update in llm.CompleteChatStreamingAsync(messages, cancellationToken: cancellationToken).TraceLlm(Call))
        {
            foreach (var piece in update.ToolCallUpdates)
            {
                calls.TryAdd(piece.Index, new ToolCallPieces());
                calls[piece.Index].Add(piece);
            }
        }

        return [.. calls.Values.Select(static call => call.Whole())];
    }

    private static async Task<ChatMessage> ToMessageAsync(ChatToolCall call, Task<string> run)
    {
        try
        {
            return new ToolChatMessage(call.Id, await run);
        }
        catch (TimeZoneNotFoundException exception)
        {
            // The model is told, and goes on without.
            return new ToolChatMessage(call.Id, exception.Message);
        }
    }

    private static SseItem<string>? ToEvent(StreamingChatCompletionUpdate update) =>
        update.ContentUpdate.Count == 0 ? null : new SseItem<string>(update.ContentUpdate[0].Text);
}
