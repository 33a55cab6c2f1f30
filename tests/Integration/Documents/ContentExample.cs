using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The examples of docs/delivery-and-privacy.md that record what was said.</summary>
internal static class ContentExample
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/recorded", (Ask ask, IChatClient llm) =>
        {
            ChatMessage[] messages = [new(ChatRole.User, ask.Question)];
            var call = new LlmCall("gpt-4o-mini") { Messages = messages, Instructions = "Be brief.", CaptureContent = true };
            return Results.TracedSse(llm.GetStreamingResponseAsync(messages), call);
        });
    }

    public static void Redact(WebApplicationBuilder builder)
    {
        builder.Services.AddLlmTracing(options =>
        {
            options.CaptureContent = true;
            options.Redact = static text => Regex.Replace(text, "sk-[A-Za-z0-9]+", "[key]");
        });
    }

    public sealed record Ask(string Question);
}
