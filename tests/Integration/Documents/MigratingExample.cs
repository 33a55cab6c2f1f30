using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>What docs/migrating.md leaves of its examples: the lines that are not taken out.</summary>
internal static class MigratingExample
{
    public static void Start(WebApplicationBuilder builder, IChatClient model)
    {
        builder.Services.AddLlmTracing().AddSentryExporter();
        builder.Services.AddSingleton(model);

        var app = builder.Build();
        app.UseLlmTracing();
        app.MapGet("/chat", (IChatClient llm, string message) =>
            Results.TracedSse(llm.GetStreamingResponseAsync(message), ToEvent, new LlmCall("gpt-4o-mini") { Provider = "openai" }));
    }

    private static SseItem<string>? ToEvent(ChatResponseUpdate update) =>
        update.Text.Length == 0 ? null : new SseItem<string>(update.Text);
}
