using System.Net;
using LlmTracing.SentryExporter.Delivery;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Integration.SentryExporter.Spotlight;

/// <remarks>
/// Seen to fail: with the app's hook asked by each destination (without <c>OneAnswer</c>), it is asked twice; with the options of
/// Sentry for Spotlight's copy, it lacks the spans of AI work; without the flush what waits is lost, and without its end by
/// <c>_away</c> the stop waits.
/// </remarks>
public sealed class SpotlightViewTests
{
    // Who recovers a journal asks all sinks whether one has it safely: that Spotlight was shown it does not count.
    [Fact]
    public async Task AddSentryExporter_WithSpotlight_IsOneSinkForSentry()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = static tracing => tracing.AddSentryExporter(static options => options.Spotlight = "http://127.0.0.1:9/stream"),
        });

        Assert.Equal(
            [typeof(SentrySink)],
            app.Services.GetServices<ITransactionSink>().Select(static sink => sink.GetType())
                .Where(static type => type.Assembly == typeof(SentrySink).Assembly));
    }

    [Fact]
    public async Task Spotlight_BesideADsn_BothAreSentEachTransaction()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var inbox = await SpotlightInbox.StartAsync();
        await using var app = await StartAsync(ingest.Dsn, inbox.Address);

        await app.GetAsync("/");
        var (sent, shown) = (await ingest.NextAsync(), await inbox.NextTransactionAsync());

        Assert.Equal((sent.EventId, sent.TraceId, "GET /"), (shown.EventId, shown.TraceId, shown.Name));
        Assert.Equal(["gen_ai.chat"], shown.Spans.Select(static span => span.Op));
    }

    [Fact]
    public async Task Spotlight_NoDsn_IsSentEachTransactionAndNothingSaysThatNoneIs()
    {
        await using var inbox = await SpotlightInbox.StartAsync();
        await using var app = await StartAsync(dsn: null, inbox.Address);

        await app.GetAsync("/");
        var shown = await inbox.NextTransactionAsync();

        Assert.Equal("chat m", Assert.Single(shown.Spans).Description);
        Assert.Empty(app.Logs.Of("NoDsn"));
        Assert.Equal(
            $"Transactions are shown in Spotlight, at {inbox.Address}.", Assert.Single(app.Logs.Of("SpotlightOn")).Message);
    }

    [Fact]
    public async Task Spotlight_RequestFails_IsSentItsErrorToo()
    {
        await using var inbox = await SpotlightInbox.StartAsync();
        await using var app = await StartAsync(dsn: null, inbox.Address);

        await app.GetAsync("/fails");
        var shown = await inbox.NextTransactionAsync();
        var error = Assert.Single((await inbox.NextAsync()).OfType(EnvelopeChecker.Error)).Payload;

        Assert.Equal("internal_error", shown.Status);
        Assert.Equal("It broke.", error.At("exception").At("values")[0].At("value").AsText());
    }

    [Fact]
    public async Task Spotlight_LargeTransaction_ArrivesCompressed()
    {
        await using var inbox = await SpotlightInbox.StartAsync();
        await using var app = await StartAsync(dsn: null, inbox.Address);
        string? encoding = null;
        inbox.Answer = (context, _) =>
        {
            encoding = context.Request.Headers.ContentEncoding;
            return Task.CompletedTask;
        };

        await app.GetAsync("/large");
        var shown = await inbox.NextTransactionAsync();
        await app.StopAsync();

        Assert.Equal(100, shown.Spans.Count);
        Assert.Equal("gzip", encoding);
    }

    [Fact]
    public async Task Spotlight_GenAiSpanItems_AreForSentryAlone()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var inbox = await SpotlightInbox.StartAsync();
        await using var app = await StartAsync(ingest.Dsn, inbox.Address, static options => options.GenAiSpanItems = true);

        await app.GetAsync("/");
        var (sent, shown) = (await ingest.NextAsync(), await inbox.NextTransactionAsync());

        Assert.Empty(sent.SpansInEvent);
        Assert.Equal("gen_ai.chat", Assert.Single(shown.SpansInEvent).Op);
    }

    [Fact]
    public async Task BeforeSend_BothAreSent_IsAskedOnceAndHeededByBoth()
    {
        var asked = 0;
        await using var ingest = await SentryIngest.StartAsync();
        await using var inbox = await SpotlightInbox.StartAsync();
        await using var app = await StartAsync(ingest.Dsn, inbox.Address, options => options.BeforeSend = transaction =>
        {
            Interlocked.Increment(ref asked);
            return (string?)transaction.Root["url.path"] == "/health"
                ? null
                : transaction with { Root = transaction.Root with { Name = "changed" } };
        });

        await app.GetAsync("/health");
        await app.GetAsync("/");
        var (sent, shown) = (await ingest.NextAsync(), await inbox.NextTransactionAsync());
        await app.StopAsync();

        Assert.Equal(("changed", "changed", 2), (sent.Name, shown.Name, asked));
        Assert.Equal(1, inbox.Received);
    }

    [Fact]
    public async Task Spotlight_NotRunning_ChangesNothingAndIsLoggedOnce()
    {
        int port;
        await using (var gone = await SpotlightInbox.StartAsync())
        {
            port = gone.Port;
        }

        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest.Dsn, $"http://127.0.0.1:{port}/stream");

        await app.GetAsync("/");
        await app.Logs.WaitForAsync("SpotlightFailed");
        await app.GetAsync("/");
        await ingest.TakeAsync(2);
        await app.StopAsync();

        Assert.Single(app.Logs.Of("SpotlightFailed"));
        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task Spotlight_StartsAfterTheApp_IsSentWhatWaited()
    {
        int port;
        await using (var gone = await SpotlightInbox.StartAsync())
        {
            port = gone.Port;
        }

        await using var app = await StartAsync(null, $"http://127.0.0.1:{port}/stream");
        await app.GetAsync("/?number=1");
        await app.Logs.WaitForAsync("SpotlightFailed");
        await app.GetAsync("/?number=2");
        await using var inbox = await SpotlightInbox.StartAsync(port);

        await inbox.NextTransactionAsync();
        await inbox.NextTransactionAsync();
    }

    [Fact]
    public async Task Spotlight_DoesNotAnswer_SentryIsSentAllTheSame()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var inbox = await SpotlightInbox.StartAsync();
        inbox.Answer = static (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping)
            .ContinueWith(static _ => { }, TaskScheduler.Default);
        await using var app = await StartAsync(ingest.Dsn, inbox.Address);

        await app.GetAsync("/");
        await inbox.NextAsync();
        await app.GetAsync("/");
        await app.GetAsync("/");

        await ingest.TakeAsync(3);
    }

    [Fact]
    public async Task Spotlight_AnswersThatItIsNone_IsLoggedOnceAndNotTriedAgain()
    {
        await using var inbox = await SpotlightInbox.StartAsync();
        inbox.Answer = static (context, _) =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            return Task.CompletedTask;
        };
        await using var app = await StartAsync(dsn: null, inbox.Address);

        await app.GetAsync("/");
        await app.GetAsync("/");
        await app.StopAsync();

        Assert.Equal(2, inbox.Received);
        Assert.Single(app.Logs.Of("SpotlightFailed"));
    }

    [Fact]
    public async Task HostStops_TransactionsWait_AreSentFirst()
    {
        await using var inbox = await SpotlightInbox.StartAsync();
        await using var app = await StartAsync(dsn: null, inbox.Address);

        for (var i = 0; i < 20; i++)
        {
            await app.GetAsync("/");
        }

        await app.StopAsync();

        Assert.Equal(20, inbox.Received);
    }

    [Fact]
    public async Task HostStops_SpotlightIsNotRunning_IsNotWaitedFor()
    {
        int port;
        await using (var gone = await SpotlightInbox.StartAsync())
        {
            port = gone.Port;
        }

        // Its clock stands: what is waited for until a time is never over.
        await using var app = await StartAsync(null, $"http://127.0.0.1:{port}/stream", time: new ManualTimeProvider());
        await app.GetAsync("/");
        await app.Logs.WaitForAsync("SpotlightFailed");

        await app.StopAsync();
    }

    [Fact]
    public async Task Spotlight_Malformed_FailsTheStartNamingIt()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(dsn: null, "yes please"));

        Assert.Equal(
            "Property Spotlight: (SENTRY_SPOTLIGHT) must be 1, for http://localhost:8969/stream, an address like that, or 0 for "
            + "none, was 'yes please'.",
            failure.Message);
    }

    private static Task<TestApp> StartAsync(
        string? dsn, string spotlight, Action<SentryExporterOptions>? exporter = null, TimeProvider? time = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Configuration = new Dictionary<string, string?> { ["SENTRY_DSN"] = dsn, ["SENTRY_SPOTLIGHT"] = spotlight },
            Services = services => services.AddSingleton(time ?? TimeProvider.System),
            Tracing = builder => builder.AddSentryExporter(exporter),
            Inside = static app =>
            {
                app.MapGet("/", static () => LlmTrace.StartChat(new LlmCall("m") { Provider = "p" }).Dispose());
                app.MapGet("/health", static () => { });
                app.MapGet("/fails", static () => { throw new InvalidOperationException("It broke."); });
                app.MapGet("/large", static () =>
                {
                    for (var i = 0; i < 100; i++)
                    {
                        LlmTrace.StartChat(new LlmCall("m") { Provider = "p" }).Dispose();
                    }
                });
            },
        });
}
