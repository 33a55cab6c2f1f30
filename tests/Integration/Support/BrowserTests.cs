using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

public sealed class BrowserTests(Browser browser)
{
    [Fact]
    public async Task OpenAsync_PageThatAsksAnotherMachine_DoesNotReachIt()
    {
        await using var server = await LoopbackServer.StartAsync(
            static (context, token) => context.Response.WriteAsync("here", token));
        var url = new Uri($"http://127.0.0.1:{server.Port}/");
        var page = await browser.OpenAsync(url);
        var failures = new List<string?>();
        page.RequestFailed += (_, request) => failures.Add(request.Failure);

        var here = await page.EvaluateAsync<string>("async () => (await fetch('/')).text()");
        foreach (var other in (string[])["http://192.0.2.1/", "https://example.com/"])
        {
            await page.EvaluateAsync("url => fetch(url).catch(() => {})", other);
        }

        Assert.Equal("here", here);
        Assert.Equal(["net::ERR_NAME_NOT_RESOLVED", "net::ERR_NAME_NOT_RESOLVED"], failures);
        await page.CloseAsync();
    }
}
