using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The examples of docs/mvc.md.</summary>
internal static class AnswerExamples
{
    public static void Map(WebApplication app, IReadOnlyDictionary<string, string> questions)
    {
        app.MapGet("/answers/{id}", Results<TracedSseResult<ChatResponseUpdate, string>, NotFound> (
            IChatClient llm, string id) =>
            questions.TryGetValue(id, out var question)
                ? TypedResults.TracedSse(llm.GetStreamingResponseAsync(question), ToEvent)
                : TypedResults.NotFound());

        app.MapGet("/chat", (IChatClient llm, string message) =>
            Results.TracedSse(llm.GetStreamingResponseAsync(message), ToEvent))
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .CacheOutput(policy => policy.NoCache());
    }

    private static SseItem<string>? ToEvent(ChatResponseUpdate update) =>
        update.Text.Length == 0 ? null : new SseItem<string>(update.Text);

    // Nested, so that the tests' own apps do not find it.
    [ApiController]
    public sealed class ChatController(IChatClient llm) : ControllerBase
    {
        [HttpGet("/chat")]
        public TracedSseResult<ChatResponseUpdate, string> Get(string message) =>
            TypedResults.TracedSse(llm.GetStreamingResponseAsync(message), ToEvent);
    }
}
