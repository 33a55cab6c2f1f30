using System.Text.RegularExpressions;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Playwright;

namespace LlmTracing.Tests.Integration.Sample;

/// <summary>What a new user sees: the sample, told of Spotlight, and Spotlight's page in a browser, all running for real.</summary>
public sealed partial class SpotlightPageTests(Spotlight spotlight, Browser browser) : IClassFixture<Spotlight>
{
    // What is asked, and what its trace must show.
    private const string Request = "/chat?message=how%20do%20I%20start";
    private const string Transaction = "GET /chat";
    private const string Span = "chat demo";
    private const string Tree =
        @"http\.server – GET /chat [0-9.]+m?s (?:[0-9]+ )?gen_ai\.invoke_agent – invoke_agent librarian [0-9.]+m?s gen_ai\.execute_tool – execute_tool search_docs [0-9.]+m?s gen_ai\.chat – chat demo-docs-1";


    // It is among what the page says of the span when it is opened.
    private const string Attribute = "gen_ai.usage.input_tokens";


    [Fact]
    public async Task Sample_SpotlightIsOn_ItsPageShowsTheTraceOfARequest()
    {
        await spotlight.StartAsync();
        await using var sample = await RunningSample.StartAsync(SampleProcess.StartInfo([
            $"--SENTRY_SPOTLIGHT={spotlight.Address}", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information"]));
        var traceId = await AskAsync(new Uri(sample.Address, Request));
        var shown = (await spotlight.ReadToAsync(envelope => TraceIdOf(envelope) == traceId))[^1];
        var transaction = Assert.Single(shown.OfType(EnvelopeChecker.Transaction)).Payload;
        Assert.Equal(Transaction, transaction.At("transaction").AsText());

        var page = await browser.OpenAsync(new Uri(spotlight.Page, $"/telemetry/traces/{traceId}"));

        // High enough for the tree and the tokens of the span, which the page would scroll together.
        await page.SetViewportSizeAsync(1280, 960);
        await page.GetByText(Span).First.ClickAsync();
        await page.WaitForURLAsync(static url => url.Contains("/spans/", StringComparison.Ordinal));
        await page.Locator(".icon-container").Last.ClickAsync();
        await page.GetByText(Attribute).First.WaitForAsync();
        var text = string.Join(' ', (await page.Locator("body").InnerTextAsync()).Split('\n'));
        await Screenshot.KeepAsync(page, "spotlight");

        Assert.Matches(Tree, text);
        Assert.DoesNotContain("Not connected", text, StringComparison.Ordinal);
        await page.CloseAsync();
    }

    // Its own policy lets it report to Sentry; that of samples/spotlight does not. Where the browser reaches no other host
    // anyway, only the browser's word tells the two apart.
    [Fact]
    public async Task Page_WouldReportHome_IsRefusedByItsPolicy()
    {
        await spotlight.StartAsync();
        var page = await browser.OpenAsync(spotlight.Page);

        Assert.Equal("connect-src", await RefusalAsync(page, "https://home.sentry.io/"));
        await page.CloseAsync();
    }

    // Gives the directive by which the browser refused to ask a host.
    private static Task<string> RefusalAsync(IPage page, string address) =>
        Deadline.BoundAsync("answer of the page", null, token => page.EvaluateAsync<string>(
            """
            address => new Promise(resolve => {
              document.addEventListener('securitypolicyviolation',
                refusal => refusal.blockedURI === address && resolve(refusal.effectiveDirective))
              fetch(address).catch(() => setTimeout(() => resolve('none'), 1000))
            })
            """,
            address).WaitAsync(token));

    private static string? TraceIdOf(SentryEnvelope envelope) =>
        envelope.OfType(EnvelopeChecker.Transaction).FirstOrDefault()?.Payload.At("contexts").At("trace").At("trace_id").AsText();

    private static async Task<string> AskAsync(Uri address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        var answer = await Deadline.BoundAsync("answer of the sample", null, token => http.GetStringAsync(address, token));
        return TraceId().Match(answer).Groups[1].Value;
    }

    [GeneratedRegex("\"traceId\":\"([0-9a-f]{32})\"")]
    private static partial Regex TraceId();
}
