using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Sdk;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The watch over what every test of this project sends: that there is something to find, and that it is found.</summary>
public sealed class PlantedSecretsTests
{
    [Fact]
    public async Task Requests_OfEveryClient_CarryThem()
    {
        await using var app = await TestApp.StartAsync(Echo);
        using var raw = await app.ConnectAsync();

        await raw.SendAsync("GET", "/");
        await raw.ReadHeadAsync(TestContext.Current.CancellationToken);

        var sent = string.Join('\n', PlantedSecrets.Headers.Select(static header => header.Value));
        Assert.Equal(sent, await app.GetAsync("/"));
        Assert.Equal(sent, await raw.ReadBodyAsync(TestContext.Current.CancellationToken));
        Assert.All(PlantedSecrets.Headers, static header => Assert.NotNull(PlantedSecrets.FindIn(header.Value)));
        Assert.NotNull(PlantedSecrets.FindIn(PlantedSecrets.Prompt));
    }

    [Fact]
    public async Task Ingest_ReceivesOne_FailsTheTest()
    {
        var ingest = await SentryIngest.StartAsync();
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = static options => options.CaptureContent = true,
            Tracing = tracing => tracing.AddSentryExporter(options => options.Dsn = ingest.Dsn),
            Inside = static app => app.MapGet("/", static () =>
            {
                using var tool = LlmTrace.StartTool("search");
                tool.SetContent(GenAiAttributes.ToolCallArguments, PlantedSecrets.Prompt);
            }),
        });

        await app.GetAsync("/");

        await Assert.ThrowsAnyAsync<XunitException>(() => ingest.NextAsync());
        Assert.Contains("planted", Assert.Single(ingest.Deviations), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<XunitException>(() => ingest.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Logs_OfATestsApp_FailTheTest()
    {
        var app = await TestApp.StartAsync(static app => app.MapGet("/", static (ILoggerFactory loggers) =>
            loggers.CreateLogger("App").Log(LogLevel.Debug, default, PlantedSecrets.Prompt, null, static (text, _) => text)));

        await app.GetAsync("/");

        await Assert.ThrowsAnyAsync<XunitException>(() => app.DisposeAsync().AsTask());
    }

    private static void Echo(WebApplication app) => app.MapGet("/", static (HttpRequest request) =>
        string.Join('\n', PlantedSecrets.Headers.Select(header => request.Headers[header.Name].ToString())));
}
