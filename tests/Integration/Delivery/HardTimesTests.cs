using System.IO.Compression;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>What goes wrong beside the delivery, or with one envelope of it: the rest goes on.</summary>
public sealed class HardTimesTests
{
    private const int Made = 40;

    [Fact]
    public async Task Send_ConnectionBreaksOnOneEnvelope_TheOthersArrive()
    {
        using var spool = new TempFolder();
        var clock = new TestClock();
        var made = Enumerable.Range(0, Made).Select(MadeTransactions.One).ToArray();
        var bad = made[Made / 2].TraceId.ToHexString();
        var arrived = new HashSet<string>();
        using var tries = new SemaphoreSlim(0);
        var all = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackServer.StartAsync(async (context, stopping) =>
        {
            var trace = await TraceOfAsync(context.Request, stopping);
            if (trace == bad)
            {
                tries.Release();
                context.Abort();
                return;
            }

            lock (arrived)
            {
                if (arrived.Add(trace) && arrived.Count == Made - 1)
                {
                    all.SetResult(true);
                }
            }
        });
        await using var app = await DeliveryApp.StartAsync(
            $"http://public@127.0.0.1:{server.Port}/1", spool.Path, static options => options.Senders = 1, clock);

        app.Accept(made);
        await clock.AdvanceUntilAsync(
            all.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), TimeSpan.FromSeconds(1));
        await app.WhenCountedAsync(SentryExporterMetrics.Sent, Made - 1);

        // It is tried again, less and less often.
        Assert.InRange(tries.CurrentCount, 1, 10);
        for (var tried = tries.CurrentCount + 1; tried > 0; tried--)
        {
            await clock.AdvanceUntilAsync(
                tries.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Send_LoggerThrows_AllArriveAllTheSame()
    {
        using var spool = new TempFolder();
        var clock = new TestClock();
        var gone = await SentryIngest.StartAsync();
        var port = gone.Port;
        await gone.DisposeAsync();
        await using (var left = await DeliveryApp.StartAsync(gone.Dsn, spool.Path))
        {
            left.Accept(1);
        }

        await using var app = await DeliveryApp.StartAsync(
            gone.Dsn, spool.Path, static options => options.Senders = 1, clock, new BrokenLogs());
        app.Accept(Made);
        await clock.AdvanceUntilAsync(app.WhenCountedAsync(SentryExporterMetrics.Spooled, Made), TimeSpan.FromSeconds(1));
        await using var ingest = await SentryIngest.StartAsync(port);

        await clock.AdvanceUntilAsync(ingest.TakeAsync(Made + 1, TimeSpan.FromSeconds(30)), TimeSpan.FromSeconds(5));
        await app.WhenCountedAsync(SentryExporterMetrics.Sent, Made + 1);
    }

    [Fact]
    public async Task Dispose_AppsHookDoesNotReturn_IsNotWaitedFor()
    {
        using var spool = new TempFolder();
        using var returns = new ManualResetEventSlim();
        using var called = new SemaphoreSlim(0);
        await using var ingest = await SentryIngest.StartAsync();
        var app = await DeliveryApp.StartAsync(ingest.Dsn, spool.Path, options => options.BeforeSend = transaction =>
        {
            called.Release();
            returns.Wait(CancellationToken.None);
            return null;
        });
        app.Accept(1);
        await called.WaitAsync(TestContext.Current.CancellationToken).BoundAsync("hook");

        await app.DisposeAsync().AsTask().BoundAsync("disposal");
        returns.Set();

        Assert.StartsWith("1 transactions", Assert.Single(app.Logs.Of("LostAtStop")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_IngestAnswersInTime_SendsAllAndSpoolsNothing()
    {
        const int count = 100;
        using var spool = new TempFolder();
        await using var ingest = await SentryIngest.StartAsync();
        using var answers = new SemaphoreSlim(0);
        ingest.Answer = (_, stopping) => answers.WaitAsync(stopping);
        await using var app = await DeliveryApp.StartAsync(
            ingest.Dsn, spool.Path, static options => options.Senders = 2, new TestClock(), shutdown: TimeSpan.FromSeconds(60));

        app.Accept(count);
        var stop = app.StopAsync();
        answers.Release(count);
        await stop.BoundAsync("stop");

        Assert.Equal((count, 0), (app.Sent, app.Spooled));
    }

    [Fact]
    public async Task Flush_AnotherEndsMeanwhile_GoesOnKeeping()
    {
        using var spool = new TempFolder();
        var shutdown = TimeSpan.FromSeconds(8);
        var clock = new TestClock();
        using var mayWrite = new ManualResetEventSlim();
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = static (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        await using var app = await DeliveryApp.StartAsync(
            ingest.Dsn,
            spool.Path,
            options =>
            {
                options.Senders = 1;
                options.BeforeSend = transaction =>
                {
                    mayWrite.Wait(CancellationToken.None);
                    return transaction;
                };
            },
            clock,
            shutdown: shutdown);
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();

        app.Accept(Made);
        var (one, other) = (app.Sink.FlushAsync(first.Token).AsTask(), app.Sink.FlushAsync(second.Token).AsTask());
        clock.Advance(shutdown);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => one.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        mayWrite.Set();
        app.Accept(Made);

        // Those have not waited; and the one that is being sent is kept when the second flush is over too.
        await app.WhenCountedAsync(SentryExporterMetrics.Spooled, (2 * Made) - 1);
        ingest.Answer = static (_, _) => Task.CompletedTask;
        await second.CancelAsync();
        await other.BoundAsync("second flush");
        Assert.Equal(2 * Made, app.Spooled);
    }

    [Fact]
    public async Task Flush_TimeIsOver_SendsNothingMoreUntilAllIsKept()
    {
        const int count = 8;
        using var spool = new TempFolder();
        using var mayWrite = new ManualResetEventSlim();
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        var written = 0;
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = async (context, stopping) =>
        {
            if (begun.TrySetResult())
            {
                using var hung = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
                await Task.Delay(Timeout.InfiniteTimeSpan, hung.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ended.SetResult();
            }
        };
        await using var app = await DeliveryApp.StartAsync(
            ingest.Dsn,
            spool.Path,
            options =>
            {
                options.Senders = 1;
                options.BeforeSend = transaction =>
                {
                    // All but the first, which is the sender's, wait on their way to the disk.
                    if (Interlocked.Increment(ref written) > 1)
                    {
                        mayWrite.Wait(CancellationToken.None);
                    }

                    return transaction;
                };
            },
            new TestClock(),
            shutdown: TimeSpan.FromSeconds(40));
        using var time = new CancellationTokenSource();

        app.Accept(count);
        await begun.Task.BoundAsync("envelope at the ingest");
        var flush = app.Sink.FlushAsync(time.Token).AsTask();
        await time.CancelAsync();
        await ended.Task.BoundAsync("end of what was being sent");
        mayWrite.Set();
        await flush.BoundAsync("flush");

        Assert.Equal(count, app.Spooled);
    }

    [Fact]
    public async Task Accept_IngestIsSlowAndTheProcessIsKilled_OnDiskIsWhatHasWaited()
    {
        const int senders = 4;
        using var spool = new TempFolder();
        var clock = new TestClock();
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = static (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        await using var app = await DeliveryApp.StartAsync(
            ingest.Dsn, spool.Path, static options => options.Senders = senders, clock);

        app.Accept(Made);
        clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal(0, app.Spooled);

        // No further: a sender whose time is over would have all spooled too.
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await app.WhenCountedAsync(SentryExporterMetrics.Spooled, Made - senders);
    }

    [Fact]
    public async Task Stop_SpoolIsFullWhileSentryIsAway_TheNextProcessReportsWhatWasDropped()
    {
        using var spool = new TempFolder();
        var gone = await SentryIngest.StartAsync();
        var port = gone.Port;
        await gone.DisposeAsync();
        long dropped;
        await using (var app = await DeliveryApp.StartAsync(
            gone.Dsn,
            spool.Path,
            static options => options.MaxSpoolBytes = 64 * 1024,
            shutdown: TimeSpan.FromSeconds(60)))
        {
            app.Accept(500);
            await app.StopAsync();
            await app.DisposeAsync();
            dropped = app.DroppedFor("cache_overflow");
        }

        await using var ingest = await SentryIngest.StartAsync(port);
        await using var next = await DeliveryApp.StartAsync(ingest.Dsn, spool.Path);
        var arrived = await ingest.TakeAsync((int)(500 - dropped), TimeSpan.FromSeconds(30));
        await ingest.WaitForClientReportAsync(TestContext.Current.CancellationToken).BoundAsync("report");
        await next.WhenCountedAsync(SentryExporterMetrics.Sent, arrived.Count);
        await next.StopAsync();

        Assert.InRange(dropped, 1, 499);
        var reported = ingest.ClientReports
            .SelectMany(static report => report.GetProperty("discarded_events").EnumerateArray())
            .Where(static entry => entry.GetProperty("category").GetString() == "transaction").ToList();
        Assert.All(reported, static entry => Assert.Equal("cache_overflow", entry.GetProperty("reason").GetString()));
        Assert.Equal(500, arrived.Count + reported.Sum(static entry => entry.GetProperty("quantity").GetInt64()));
        ingest.AssertNoMore();
        Assert.Equal(arrived.Count, next.Sent);
    }

    // As a process that exits flushes, and disposes of nothing.
    [Fact]
    public async Task Flush_SpoolIsFullWhileSentryIsAway_WhatWasDroppedIsWrittenDown()
    {
        using var spool = new TempFolder();
        var gone = await SentryIngest.StartAsync();
        await gone.DisposeAsync();
        await using var app = await DeliveryApp.StartAsync(
            gone.Dsn, spool.Path, static options => options.MaxSpoolBytes = 64 * 1024);
        app.Accept(500);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.Sink.FlushAsync(limit.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.InRange(app.DroppedFor("cache_overflow"), 1, 499);
        Assert.Contains(Directory.GetFiles(spool.Path, "*.envelope", SearchOption.AllDirectories), IsClientReport);
    }

    [Fact]
    public async Task Dispose_DroppedAfterTheFlush_IsWrittenDown()
    {
        using var spool = new TempFolder();
        await using var ingest = await SentryIngest.StartAsync();
        var app = await DeliveryApp.StartAsync(
            ingest.Dsn, spool.Path, static options => options.BeforeSend = static _ => null, new TestClock());
        await app.StopAsync();
        app.Accept(1);
        await app.WhenCountedAsync($"{SentryExporterMetrics.Dropped} before_send", 1);

        await app.DisposeAsync();

        Assert.Contains(Directory.GetFiles(spool.Path, "*.envelope", SearchOption.AllDirectories), IsClientReport);
    }

    private static bool IsClientReport(string file) =>
        File.ReadLines(file).First().Contains(" client_report ", StringComparison.Ordinal);

    private static async Task<string> TraceOfAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        await using var body = request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(request.Body, CompressionMode.Decompress)
            : request.Body;
        using var reader = new StreamReader(body);
        var text = await reader.ReadToEndAsync(cancellationToken);
        return text.Split("\"trace_id\":\"")[1][..32];
    }

    private sealed class BrokenLogs : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName == "LlmTracing.SentryExporter" ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("The disk under the log is full.");

        public void Dispose()
        {
        }
    }
}
