using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The README's first example: compiled, so that it cannot rot.</summary>
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

    private sealed record Ask(string Text);
}
