using System.Diagnostics;
using System.Globalization;
using LlmTracing.Tests.Integration.Delivery;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.SentryExporter.Delivery;

public sealed class SentrySinkTests
{
    [Fact]
    public async Task Accept_NoDsn_SaysSoOnceAndSendsNothing()
    {
        await using var app = await TestApp.StartAsync(WithDsn(null));

        await app.GetAsync("/");
        await app.GetAsync("/");
        await app.StopAsync();

        var entry = Assert.Single(app.Logs.All, entry => entry.Category == "LlmTracing.SentryExporter");
        Assert.Equal((LogLevel.Information, "NoDsn"), (entry.Level, entry.Event.Name));
    }

    [Fact]
    public async Task Accept_IngestDoesNotAnswer_RequestsGoOnAndAllArriveWhenItDoes()
    {
        const int requests = 50;
        await using var ingest = await SentryIngest.StartAsync();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ingest.Answer = (_, stopping) => answer.Task.WaitAsync(stopping);
        await using var app = await TestApp.StartAsync(WithDsn(ingest.Dsn));

        try
        {
            // Each is answered although no envelope is.
            for (var i = 0; i < requests; i++)
            {
                Assert.Equal("hello", await app.GetAsync("/"));
            }
        }
        finally
        {
            answer.SetResult();
        }

        var transactions = await ingest.TakeAsync(requests);
        Assert.Equal(requests, transactions.Select(transaction => transaction.TraceId).Distinct().Count());
    }

    [Fact]
    public async Task Accept_MemoryIsFullAndThereIsNoSpool_DropsTheOldestAndSaysSo()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        await using var app = await DeliveryApp.StartAsync(
            ingest.Dsn, spool: "", static options => options.MaxQueueBytes = 64 * 1024);

        app.Accept(10_000);

        Assert.InRange(app.DroppedFor("queue_overflow"), 9_000, 9_990);

        // What was under way comes back to a memory that is full.
        await app.DisposeAsync();
        var dropped = app.DroppedFor("queue_overflow");
        var told = app.Logs.Of("TransactionsLost").Sum(static entry =>
            long.Parse(entry.Message.Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.InRange(told, 9_000, dropped);
    }

    [Fact]
    public async Task FlushAsync_HostStops_WhatIsQueuedIsDelivered()
    {
        const int requests = 20;
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await TestApp.StartAsync(WithDsn(ingest.Dsn));
        await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => app.GetAsync("/")));

        await app.StopAsync();

        Assert.Equal(requests, ingest.Received);
    }

    [Theory]
    [InlineData(true, "LeftInSpool", " envelopes are left in the spool.")]
    [InlineData(false, "LostAtStop", " transactions were not delivered before the host stopped, and are lost, for there is no spool")]
    public async Task FlushAsync_IngestNeverAnswers_StopTakesNoLongerThanItsLimit(bool hasSpool, string log, string message)
    {
        using var spool = new TempFolder();
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        await using var app = await TestApp.StartAsync(WithDsn(
            ingest.Dsn, options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100), hasSpool ? spool.Path : ""));
        await app.GetAsync("/");

        await app.StopAsync();
        await app.DisposeAsync();

        Assert.True(
            app.Logs.Of(log).Any(entry => entry.Message.Contains(message, StringComparison.Ordinal)),
            string.Join('\n', app.Logs.All.Select(static entry => entry.Message)));
    }

    [Fact]
    public async Task Accept_IngestIsUnreachable_IsLoggedOnceAndHarmsNoRequest()
    {
        using var spool = new TempFolder();
        var gone = await SentryIngest.StartAsync();
        await gone.DisposeAsync();
        await using var app = await TestApp.StartAsync(WithDsn(gone.Dsn, spool: spool.Path));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("hello", await app.GetAsync("/"));
        }

        await app.Logs.WaitForAsync("SendingFailed");
        await app.StopAsync();

        var failed = Assert.Single(app.Logs.Of("SendingFailed"));
        Assert.Equal(LogLevel.Warning, failed.Level);
        Assert.Equal(
            "1 attempts to send failed since the last such message; the last one because 127.0.0.1 could not be reached. What was "
            + "to be sent is kept, and tried again. If this goes on, check the host of the DSN, and that the app may connect to it.",
            failed.Message);
        Assert.IsType<HttpRequestException>(failed.Exception);
        Assert.Empty(app.Logs.Errors);
        Assert.Equal(5, Directory.GetFiles(spool.Path, "*.envelope", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Accept_WhoeverListensToHttp_ExporterIsNotTraced()
    {
        await using var ingest = await SentryIngest.StartAsync();
        var traced = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (traced)
                {
                    traced.Add($"{activity.GetTagItem("server.port")}");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var headers = new List<string>();
        ingest.Answer = (context, _) =>
        {
            headers.AddRange(context.Request.Headers.Keys);
            return Task.CompletedTask;
        };
        await using var app = await TestApp.StartAsync(WithDsn(ingest.Dsn));

        await app.GetAsync("/");
        await ingest.NextAsync();
        await app.StopAsync();

        Assert.DoesNotContain($"{ingest.Port}", traced);
        Assert.Equal(
            ["Content-Length", "Content-Type", "Host", "X-Sentry-Auth"],
            headers.Order(StringComparer.Ordinal));
    }

    private static TestAppSetup WithDsn(
        string? dsn, Action<LlmTracingOptions>? options = null, string? spool = null) => new()
        {
            Options = options,
            Tracing = tracing => tracing.AddSentryExporter(
                exporter => (exporter.Dsn, exporter.SpoolDirectory) = (dsn, spool)),
            Inside = app => app.MapGet("/", () => "hello"),
        };
}
