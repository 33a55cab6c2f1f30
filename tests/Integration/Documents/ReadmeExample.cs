using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The README's examples: compiled, so that they cannot rot.</summary>
internal static class ReadmeExample
{
    public static void Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddLlmTracing().AddSentryExporter();

        var app = builder.Build();
        app.UseLlmTracing();
        app.MapPost("/chat", (Ask ask, IChatClient llm) =>
            Results.TracedSse(
                llm.GetStreamingResponseAsync(ask.Text),
                new LlmCall("gpt-4o-mini") { Provider = "openai" }));
        app.Run();
    }

    public static void MapGateway(WebApplication app) =>
        app.MapPost("/v1/chat/completions", async (HttpContext context, HttpClient provider) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
            {
                Content = new StreamContent(context.Request.Body) { Headers = { ContentType = new("application/json") } },
            };
            var upstream = await provider.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            return Results.TracedSseProxy(upstream, new LlmCall { Provider = "openai" });
        });

    private sealed record Ask(string Text);
}
