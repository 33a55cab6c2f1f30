using System.Diagnostics;
using LlmTracing.SentryExporter.Delivery;
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
    public async Task Accept_ManyQueued_IsBoundedAndNeverWaits()
    {
        const int over = 10_000 + 100;
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        await using var app = await TestApp.StartAsync(WithDsn(ingest.Dsn));
        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();
        var sink = app.Services.GetServices<ITransactionSink>().OfType<SentrySink>().Single();

        // It would wait here for ever, or keep them all.
        for (var i = 0; i < over; i++)
        {
            sink.Accept(transaction.Finished);
        }

        var lost = Assert.Single(app.Logs.Of("TransactionsLost"));
        Assert.Equal(
            "1 transactions were lost since the last such message; the last one because too many others were waiting to "
            + "be sent.",
            lost.Message);
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

    [Fact]
    public async Task FlushAsync_IngestNeverAnswers_StopTakesNoLongerThanItsLimit()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        await using var app = await TestApp.StartAsync(
            WithDsn(ingest.Dsn, options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100)));
        await app.GetAsync("/");

        await app.StopAsync();
        await app.DisposeAsync();

        Assert.Single(app.Logs.Of("FlushFailed"));
        Assert.Equal(
            "1 transactions were not delivered before the host stopped, and are lost. LlmTracingOptions.ShutdownTimeout "
            + "is how long their delivery may take.",
            Assert.Single(app.Logs.Of("LostAtStop")).Message);
    }

    [Fact]
    public async Task Accept_IngestIsUnreachable_IsLoggedOnceAndHarmsNoRequest()
    {
        var gone = await SentryIngest.StartAsync();
        await gone.DisposeAsync();
        await using var app = await TestApp.StartAsync(WithDsn(gone.Dsn));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("hello", await app.GetAsync("/"));
        }

        await app.StopAsync();

        var lost = Assert.Single(app.Logs.Of("TransactionsLost"));
        Assert.Equal(LogLevel.Warning, lost.Level);
        Assert.IsType<HttpRequestException>(lost.Exception);
        Assert.Empty(app.Logs.Errors);
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
            ["Content-Encoding", "Content-Length", "Content-Type", "Host", "X-Sentry-Auth"],
            headers.Order(StringComparer.Ordinal));
    }

    private static TestAppSetup WithDsn(string? dsn, Action<LlmTracingOptions>? options = null) => new()
    {
        Options = options,
        Tracing = tracing => tracing.AddSentryExporter(exporter => exporter.Dsn = dsn),
        Inside = app => app.MapGet("/", () => "hello"),
    };
}
