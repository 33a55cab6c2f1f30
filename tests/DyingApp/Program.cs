using System.Net.ServerSentEvents;

namespace LlmTracing.Tests.DyingApp;

/// <summary>An app whose streams never end, and which dies in the way that it is asked to.</summary>
internal static class Program
{
    public static void Main(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddLlmTracing()
            .AddChunkReader<Token, TokenReader>()
            .AddSentryExporter()
            .AddTransactionSink<LockedSink>();

        var app = builder.Build();
        app.UseLlmTracing();
        app.MapGet("/stream", static (long input) => Results.TracedSse(
            TokensAsync(input), ToEvent, new LlmCall("asked-model") { Provider = "scripted" }));
        app.MapGet("/die/{how}", Death.DieAsync);
        app.Run();
    }

    private static SseItem<string>? ToEvent(Token token) => new SseItem<string>(token.Text);

    private static async IAsyncEnumerable<Token> TokensAsync(long input)
    {
        yield return new Token("a", input, 1);
        yield return new Token("b", input, 2);
        await new TaskCompletionSource().Task;
    }
}
