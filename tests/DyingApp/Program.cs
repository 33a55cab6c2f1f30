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
            .AddOpenAIReaders()
            .AddAnthropicReaders()
            .AddSentryExporter()
            .AddTransactionSink<LockedSink>();
        if (builder.Configuration["Lifetime"] == "none")
        {
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        }

        if (builder.Configuration["SecondHost"] is not null)
        {
            builder.Services.AddLlmTracing().AddTransactionSink<MeetingSink>();
            StartSecondHost();
        }

        var app = builder.Build();
        app.UseLlmTracing();
        app.MapGet("/stream", static (long input) => Results.TracedSse(
            TokensAsync(input), ToEvent, new LlmCall("asked-model") { Provider = "scripted" }));
        app.MapGet("/die/{how}", Death.DieAsync);
        app.MapGet("/refused/{provider}", AskAndExitAsync);
        app.Run();
    }

    private static void StartSecondHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddLlmTracing(static options => options.JournalDirectory = "").AddTransactionSink<MeetingSink>();
        builder.Build().Start();
    }

    // As the script of the story does: in the step that was refused, with the workflow around it open, or after it.
    private static async Task AskAndExitAsync(string provider, string baseUrl, bool isStreamed, bool isInside)
    {
        try
        {
            await RefusedAsk.RunAsync(provider, baseUrl, isStreamed, isInside ? static () => Environment.Exit(1) : null);
        }
        catch (Exception)
        {
            Environment.Exit(1);
        }
    }

    private static SseItem<string>? ToEvent(Token token) => new SseItem<string>(token.Text);

    private static async IAsyncEnumerable<Token> TokensAsync(long input)
    {
        yield return new Token("a", input, 1);
        yield return new Token("b", input, 2);
        await new TaskCompletionSource().Task;
    }
}
