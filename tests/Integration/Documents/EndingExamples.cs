using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The examples of docs/getting-started.md for streams that end early.</summary>
internal static class EndingExamples
{
    public static IResult HandOverTheToken(ChatClient model, ChatMessage[] messages)
    {
        return
        Results.TracedSse(LlmTrace.Defer(token => model.CompleteChatStreamingAsync(messages, cancellationToken: token)), ToEvent);
    }

    public static void Drain(WebApplicationBuilder builder)
    {
        builder.Services.AddLlmTracing(options =>
        {
            options.Sse.OnDisconnect = DisconnectBehavior.DrainUpstream;
            options.Sse.DrainLimit = new DrainLimit { Time = TimeSpan.FromSeconds(10) };
        });
    }

    public static IResult Limit(IAsyncEnumerable<string> answer)
    {
        return
        Results.TracedSse(answer, options: new TracedSseOptions { MaxDuration = TimeSpan.FromMinutes(3), PeekFirstChunk = true });
    }

    private static SseItem<string>? ToEvent(StreamingChatCompletionUpdate update) =>
        update.ContentUpdate is [{ Text: var text }, ..] ? new SseItem<string>(text) : null;
}
