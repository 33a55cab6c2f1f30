using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>An app with MVC and with one source for all its answers.</summary>
internal static class AnswerApp
{
    public const string Events =
        ":\n\ndata: {\"theText\":\"a\",\"index\":0}\n\ndata: {\"theText\":\"b\",\"index\":1}\n\n";

    public static Task<TestApp> StartAsync(
        ScriptedSource source, Action<WebApplication>? inside = null, Action<IServiceCollection>? services = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Services = added =>
            {
                added.AddSingleton(source);
                added.AddControllers().AddApplicationPart(typeof(AnswerApp).Assembly);
                services?.Invoke(added);
            },
            Inside = app =>
            {
                inside?.Invoke(app);
                app.MapControllers();
            },
        });

    /// <summary>Gets an answer that must be a whole and traced one.</summary>
    public static async Task AssertAnswersAsync(TestApp app, string target)
    {
        using var response = await app.SendAsync("GET", target);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store, no-cache", response.Headers.CacheControl?.ToString());
        Assert.StartsWith($"{Events}event: done\n", body, StringComparison.Ordinal);
        var span = Assert.Single(transaction.Spans);
        Assert.Equal(("chat m", "ambient"), (span.Name, span[LlmTracingAttributes.Parent]));
        Assert.Equal(StreamOutcome.Completed, transaction.Outcome);
    }
}
