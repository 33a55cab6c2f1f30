using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>A real browser that reads a stream, and whose reader goes away.</summary>
public sealed class ClosedTabTests(Browser browser)
{
    private const string Page = """
        <!doctype html><title>Chat</title><script>
        window.read = new Promise(resolve => {
            const source = new EventSource('/chat');
            source.onmessage = message => resolve(message.data);
            window.stop = () => source.close();
        });
        </script>
        """;

    [Theory]
    [InlineData("tab closed")]
    [InlineData("stop button")]
    [InlineData("link followed")]
    public async Task Leave_ProviderIsSilent_IsNoticedAtOnceAndCancelsIt(string way)
    {
        var silence = new ScriptGate(1);
        var source = new ScriptedSource("hello", "never") { Gates = [silence] };
        await using var app = await TestApp.StartAsync(app =>
        {
            app.MapGet("/", () => Results.Content(Page, "text/html"));
            app.MapGet("/chat", () => source.ToResult(SourceShape.Iterator, new LlmCall("m")));
        });
        var page = await browser.OpenAsync(app.BaseUrl);
        Assert.Equal("hello", await page.EvaluateAsync<string>("window.read"));
        await silence.Reached.BoundAsync("silence");

        switch (way)
        {
            case "tab closed":
                await page.CloseAsync();
                break;
            case "stop button":
                await page.EvaluateAsync("window.stop()");
                break;
            default:
                await page.GotoAsync("about:blank");
                break;
        }

        await source.TokenCancelled.BoundAsync("cancellation of the provider", TimeSpan.FromSeconds(1));
        RecordedTransaction transaction;
        do
        {
            transaction = await app.Sink.NextAsync();
        }
        while (transaction.Root.Name != "GET /chat");

        var span = Assert.Single(transaction.Spans);
        Assert.Equal(
            (StreamOutcome.ClientDisconnected, StreamOutcome.ClientDisconnected),
            (span.Outcome, transaction.Outcome!.Value));
        Assert.Equal(1L, span[LlmTracingAttributes.StreamChunks]);
        Assert.Empty(app.Logs.Errors);
        await page.CloseAsync();
    }
}
