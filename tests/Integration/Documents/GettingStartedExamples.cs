using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The examples of docs/getting-started.md: compiled, so that they cannot rot.</summary>
internal static class GettingStartedExamples
{
    public static void Start(WebApplicationBuilder builder)
    {
        builder.Services.AddLlmTracing().AddSentryExporter();
        var app = builder.Build();
        app.UseLlmTracing();
        app.MapGet("/chat", (IChatClient llm, string message) => Results.TracedSse(llm.GetStreamingResponseAsync(message)));
    }

    public static IResult ChooseWhatIsSent(IChatClient llm, string message)
    {
        return
        Results.TracedSse(llm.GetStreamingResponseAsync(message), ToEvent);

        static SseItem<string>? ToEvent(ChatResponseUpdate update) =>
            update.Text.Length == 0 ? null : new SseItem<string>(update.Text);
    }

    public static void ShowTraces(WebApplication app)
    {
        app.MapLlmTraces();
    }

    public static void TraceATool()
    {
        using var span = LlmTrace.StartTool("search_docs");
    }
}
