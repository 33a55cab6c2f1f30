using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;
using LlmTracing.Tests.SentrySdk.SideBySide;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Sentry.AspNetCore;
using Sentry.OpenTelemetry;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>One transaction for each request: whoever would send a second one, or none, is told at the start.</summary>
public sealed class OnePipelineTests
{
    private const string Dsn = "http://public@127.0.0.1:9/1";

    [Fact]
    public async Task Start_WithoutTheSdk_SaysHowToAddIt()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(new TestAppSetup
        {
            Tracing = static tracing => tracing.UseSentrySdk(),
        }));

        Assert.Contains("builder.WebHost.UseSentry(", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithOurExporterToo_SaysWhichToRemove()
    {
        var backend = new SdkBackend(Dsn);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(new TestAppSetup
        {
            WebHost = backend.Add,
            Tracing = tracing => backend.Add(tracing.AddSentryExporter(static options => options.Dsn = Dsn)),
        }));

        Assert.Contains("AddSentryExporter()", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithTheSdksTransactions_SaysWhichToRemove()
    {
        var backend = new SdkBackend(Dsn);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(new TestAppSetup
        {
            WebHost = backend.Add,
            Tracing = backend.Add,
            Inside = static app => app.UseSentryTracing(),
        }));

        Assert.Contains("app.UseSentryTracing()", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_WithoutOurMiddleware_SaysWhatIsMissing(bool isInBranch)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        new SdkBackend(Dsn).Add(builder.WebHost);
        builder.Services.AddRoutingCore().AddLlmTracing().UseSentrySdk();
        await using var app = builder.Build();
        if (isInBranch)
        {
            app.UseWhen(static _ => true, static branch => branch.UseLlmTracing());
        }

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("app.UseLlmTracing() is missing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_SdksTransactionsInABranch_IsOneTransactionAndTheLogSaysWhatToRemove()
    {
        await using var received = await Received.StartAsync();
        var backend = new SdkBackend(received.Dsn, static options => options.TracesSampleRate = 1);
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            WebHost = backend.Add,
            Tracing = backend.Add,
            Inside = static app =>
            {
                app.UseWhen(static _ => true, static branch => branch.UseSentryTracing());
                app.MapGet("/", static () => "ok");
            },
        });

        await app.GetAsync("/");
        await app.GetAsync("/");
        await app.StopAsync();

        Assert.Equal(2, received.OfType("transaction").Count);
        Assert.Single(app.Logs.All, static entry => entry.Event.Name == "RequestTracedTwice");
    }

    [Fact]
    public void UseSentrySdk_Twice_AddsNothingMore()
    {
        var services = new ServiceCollection();
        var tracing = services.AddLlmTracing().UseSentrySdk();
        var once = services.Count;

        tracing.UseSentrySdk();

        Assert.Equal(once, services.Count);
    }

    [Fact]
    public async Task Start_WithTheSdksOpenTelemetry_SaysWhichToRemove()
    {
        var backend = new SdkBackend(Dsn, static options => options.UseOpenTelemetry());
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(new TestAppSetup
        {
            WebHost = backend.Add,
            Tracing = backend.Add,
        }));

        Assert.Contains("options.UseOpenTelemetry()", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_SdkSamplesAll_IsOneTransaction()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await BackendCases.StartAsync(
            new SdkBackend(ingest.Dsn, static options => options.TracesSampleRate = 1), static () => "ok");

        await app.GetAsync("/");
        await ingest.NextAsync();
        await app.StopAsync();

        ingest.AssertNoMore();
    }

    [Fact]
    public async Task Request_SdkSamplesNone_IsNotSent()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await BackendCases.StartAsync(
            new SdkBackend(ingest.Dsn, static options => options.TracesSampleRate = 0), static () => "ok");

        await app.GetAsync("/");
        await app.StopAsync();

        Assert.Equal(0, ingest.Received);
    }

    [Fact]
    public async Task Request_SdkSamplesByItself_IsAskedWithTheName()
    {
        var asked = new List<string>();
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await BackendCases.StartAsync(
            new SdkBackend(ingest.Dsn, options => options.TracesSampler = context =>
            {
                asked.Add(context.TransactionContext.Name);
                return (context.TryGetHttpMethod(), context.TryGetHttpPath()) == ("GET", "/health") ? 0 : 1;
            }),
            static () => "ok");

        await app.GetAsync("/health");
        await app.GetAsync("/");
        await ingest.NextAsync();
        await app.StopAsync();

        // The ingest is in this process too, and its requests are nobody's here.
        Assert.Equal(["GET /health", "GET /"], asked.Where(static name => name.StartsWith("GET ", StringComparison.Ordinal)));
        ingest.AssertNoMore();
    }

    [Fact]
    public async Task BeforeSendTransaction_OfTheSdk_SeesOurs()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await BackendCases.StartAsync(
            new SdkBackend(ingest.Dsn, static options => options.SetBeforeSendTransaction(static transaction =>
            {
                transaction.SetTag("seen", "yes");
                return transaction;
            })),
            static () => "ok");

        await app.GetAsync("/");
        var received = await ingest.NextAsync();

        Assert.Equal("yes", received.Tags.Text("seen"));
    }
}
