using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The example of work in the background in docs/workflows.md.</summary>
internal static class BackgroundExample
{
    public static void Map(WebApplication app, Channel<Work> queue)
    {
        app.MapPost("/summaries", async (string text) =>
        {
            await queue.Writer.WriteAsync(new Work(text, LlmTrace.Transaction));
            return Results.Accepted();
        });
    }

    internal sealed record Work(string Text, Activity? Parent);

    internal sealed class Summaries(Channel<Work> queue) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (var work in queue.Reader.ReadAllAsync(stoppingToken))
            {
                await LlmTrace.RunAsync(LlmTrace.StartWorkflow("summarize", work.Parent), _ => SummarizeAsync(work.Text));
            }
        }

        private static Task<string> SummarizeAsync(string text) => Task.FromResult(text);
    }
}
