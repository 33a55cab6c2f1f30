using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Benchmarks.Micro.Requests;

/// <summary>An app whose endpoint makes one call to a model, streamed, and one HTTP request beneath it.</summary>
internal sealed class MeasuredApp : IAsyncDisposable
{
    private static readonly ActivitySource Http = new("System.Net.Http");
    private static readonly LlmCall Call = new("gpt-4o-mini") { Provider = "openai" };
    private static readonly string[] Words = ["Hello", ", ", "world"];

    private readonly WebApplication _app;
    private readonly DirectServer _server;
    private readonly DirectRequest _request = new();

    private MeasuredApp(WebApplication app, DirectServer server) => (_app, _server) = (app, server);

    /// <param name="sampleRate">The share that is recorded; null for an app that is not traced at all.</param>
    /// <param name="folder">Where the journal goes; null for none.</param>
    public static MeasuredApp Start(double? sampleRate, string? folder)
    {
        var server = new DirectServer();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton<IServer>(server);
        builder.Services.AddRoutingCore();
        if (sampleRate is { } rate)
        {
            builder.Services
                .AddLlmTracing(options => (options.TracesSampleRate, options.JournalDirectory) = (rate, folder ?? ""))
                .AddTransactionSink<DroppingSink>();
        }

        var app = builder.Build();
        if (sampleRate is not null)
        {
            app.UseLlmTracing();
        }

        app.MapGet("/chat", ChatAsync);
        ((IHost)app).Start();
        return new MeasuredApp(app, server);
    }

    public Task RequestAsync()
    {
        _request.Reset();
        return _server.ProcessAsync(_request);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task ChatAsync(HttpContext context)
    {
        await foreach (var _ in AskAsync().TraceLlm(Call))
        {
        }
    }

    private static async IAsyncEnumerable<string> AskAsync()
    {
        using (var request = Http.StartActivity("POST", ActivityKind.Client))
        {
            // As the platform's own has them.
            request?.SetTag("http.request.method", "POST");
            request?.SetTag("url.full", "https://api.openai.com/v1/chat/completions");
            request?.SetTag("server.address", "api.openai.com");
            request?.SetTag("server.port", 443);
            request?.SetTag("http.response.status_code", 200);
        }

        foreach (var word in Words)
        {
            yield return word;
        }
    }
}
