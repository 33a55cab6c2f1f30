using System.Net.Sockets;
using System.Text;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>What becomes of transactions when Sentry refuses, limits, or does not answer: none is lost without a word.</summary>
public sealed class IngestFaultTests
{
    private const int Made = 40;

    private static ITestOutputHelper Output => TestContext.Current.TestOutputHelper!;

    public static TheoryData<string> NoAnswers => ["garbage", "half a response", "closed socket", "reset", "black hole", "nobody listens"];

    [Theory]
    [InlineData(413)]
    [InlineData(500)]
    [InlineData(301)]
    public async Task Send_Refused_IsReportedAndNotTriedAgain(int status)
    {
        using var spool = new TempFolder();
        var clock = new TestClock();
        await using var ingest = await SentryIngest.StartAsync();
        var refused = status;
        ingest.Answer = (context, _) =>
        {
            context.Response.StatusCode = refused;
            return Task.CompletedTask;
        };
        await using var app = await DeliveryApp.StartAsync(ingest.Dsn, spool.Path, time: clock);

        app.Accept(Made);
        await app.WhenCountedAsync($"{SentryExporterMetrics.Dropped} send_error", Made);
        clock.Advance(TimeSpan.FromSeconds(30));
        await ReportsAsync(ingest, Made);

        // The report was refused too, and is sent again.
        Assert.Equal(Made + 1, ingest.Received);
        refused = 200;
        await clock.AdvanceUntilAsync(ReportsAsync(ingest, 2 * Made), TimeSpan.FromSeconds(30));

        Tell($"{status}", app, ingest);
        Assert.Equal((0, 0), (app.Sent, app.Spooled));
        Assert.Equal(2 * Made, Reported(ingest, "send_error", "transaction"));
        Assert.Equal(4 * Made, Reported(ingest, "send_error", "span"));
        Assert.Equal(ingest.ClientReports[0].GetProperty("discarded_events").GetRawText(), ingest.ClientReports[1].GetProperty("discarded_events").GetRawText());
    }

    [Fact]
    public async Task Send_Answered429_IsQuietUntilRetryAfterAndReportsWhatCameMeanwhile()
    {
        using var spool = new TempFolder();
        var clock = new TestClock();
        await using var ingest = await SentryIngest.StartAsync();
        var (limited, isLimiting) = (0, true);
        ingest.Answer = (context, _) =>
        {
            if (isLimiting)
            {
                Interlocked.Increment(ref limited);
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "120";
            }

            return Task.CompletedTask;
        };
        await using var app = await DeliveryApp.StartAsync(ingest.Dsn, spool.Path, time: clock);

        app.Accept(1);
        await app.WhenCountedAsync($"{SentryExporterMetrics.Dropped} rate_limited", 1);
        isLimiting = false;
        app.Accept(Made - 1);
        await app.WhenCountedAsync($"{SentryExporterMetrics.Dropped} ratelimit_backoff", Made - 1);
        Assert.Equal(1, ingest.Received);

        clock.Advance(TimeSpan.FromSeconds(30));
        await ReportsAsync(ingest, Made - 1);
        clock.Advance(TimeSpan.FromSeconds(91));
        app.Accept(1);
        await app.WhenCountedAsync(SentryExporterMetrics.Sent, 1);

        Tell("429", app, ingest);
        Assert.Equal((1, 1), (limited, app.Sent));
        Assert.Equal(Made - 1, Reported(ingest, "ratelimit_backoff", "transaction"));
        Assert.Equal(2 * (Made - 1), Reported(ingest, "ratelimit_backoff", "span"));
    }

    [Theory]
    [InlineData("60:transaction:organization:quota_exceeded", true)]
    [InlineData("60::organization", true)]
    [InlineData("60:error;attachment:organization, 2700:replay:key", false)]
    public async Task Send_AcceptedWithLimits_HeedsThoseOfItsOwnKind(string limits, bool isLimited)
    {
        using var spool = new TempFolder();
        var clock = new TestClock();
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = (context, _) =>
        {
            context.Response.Headers["X-Sentry-Rate-Limits"] = limits;
            return Task.CompletedTask;
        };
        await using var app = await DeliveryApp.StartAsync(ingest.Dsn, spool.Path, time: clock);

        app.Accept(1);
        await app.WhenCountedAsync(SentryExporterMetrics.Sent, 1);
        app.Accept(Made - 1);
        if (isLimited)
        {
            await app.WhenCountedAsync($"{SentryExporterMetrics.Dropped} ratelimit_backoff", Made - 1);
            var lost = await app.Logs.WaitForAsync("TransactionsLost");
            Assert.Contains("takes no transaction", lost.Message, StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromSeconds(30));
            await ReportsAsync(ingest, Made - 1);
        }
        else
        {
            await app.WhenCountedAsync(SentryExporterMetrics.Sent, Made);
        }

        Tell($"200 with limits {limits}", app, ingest);
        Assert.Equal(Made, app.Sent + Reported(ingest, "ratelimit_backoff", "transaction"));
    }

    [Theory]
    [MemberData(nameof(NoAnswers))]
    public async Task Send_NoAnswer_IsKeptAndArrivesWhenSentryIsBack(string fault)
    {
        using var spool = new TempFolder();
        var clock = new TestClock();
        await using var raw = new RawIngest((socket, stopping) => AnswerAsync(fault, socket, stopping));
        var port = raw.Port;
        if (fault == "nobody listens")
        {
            await raw.DisposeAsync();
        }

        await using var app = await DeliveryApp.StartAsync($"http://public@127.0.0.1:{port}/1", spool.Path, time: clock);
        var made = app.Accept(Made);

        // All may go to the disk before a sender has tried: those that have waited do.
        await clock.AdvanceUntilAsync(app.Logs.WaitForAsync("SendingFailed"), TimeSpan.FromSeconds(30));
        await clock.AdvanceUntilAsync(
            app.WhenCountedAsync(SentryExporterMetrics.Spooled, Made), TimeSpan.FromSeconds(30));
        await raw.DisposeAsync();
        await using var ingest = await SentryIngest.StartAsync(port);
        var arrived = await clock.AdvanceUntilAsync(ingest.TakeAsync(Made, TimeSpan.FromSeconds(60)), TimeSpan.FromSeconds(5));
        await app.WhenCountedAsync(SentryExporterMetrics.Sent, Made);
        await app.StopAsync();

        Tell(fault, app, ingest);
        Assert.Equal(Ids(made), arrived.Select(static transaction => transaction.TraceId).Order());
        ingest.AssertNoMore();
        Assert.Empty(app.Logs.Errors);
        await app.DisposeAsync();
        Assert.Empty(Directory.GetFiles(spool.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Send_TlsNonsense_IsKept()
    {
        using var spool = new TempFolder();
        var clock = new TestClock();
        await using var raw = new RawIngest((socket, stopping) => AnswerAsync("garbage", socket, stopping));
        await using var app = await DeliveryApp.StartAsync($"https://public@127.0.0.1:{raw.Port}/1", spool.Path, time: clock);

        app.Accept(Made);
        await clock.AdvanceUntilAsync(
            app.WhenCountedAsync(SentryExporterMetrics.Spooled, Made), TimeSpan.FromSeconds(30));

        Output.WriteLine($"TLS nonsense: made {Made}, sent {app.Sent}, spooled {app.Spooled}");
        Assert.Equal(0, app.Sent);
    }

    private static async Task AnswerAsync(string fault, Socket socket, CancellationToken stopping)
    {
        switch (fault)
        {
            case "garbage":
                await socket.SendAsync("\0\u0001no http at all\r\n\r\n"u8.ToArray(), stopping);
                break;
            case "half a response":
                await socket.SendAsync("HTTP/1.1 200 O"u8.ToArray(), stopping);
                break;
            case "reset":
                socket.LingerState = new LingerOption(enable: true, 0);
                break;
            case "black hole":
                await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
                break;
        }
    }

    private static IEnumerable<string> Ids(IEnumerable<FinishedTransaction> made) =>
        made.Select(static transaction => transaction.TraceId.ToHexString()).Order();

    private static Task<bool> ReportsAsync(SentryIngest ingest, long transactions) =>
        Deadline.BoundAsync("client report", null, async token =>
        {
            while (ReportedInAll(ingest) < transactions)
            {
                await ingest.WaitForClientReportAsync(token);
            }

            return true;
        });

    private static long Reported(SentryIngest ingest, string reason, string category) => ingest.ClientReports
        .SelectMany(static report => report.GetProperty("discarded_events").EnumerateArray())
        .Where(entry => entry.GetProperty("reason").GetString() == reason
            && entry.GetProperty("category").GetString() == category)
        .Sum(static entry => entry.GetProperty("quantity").GetInt64());

    private static long ReportedInAll(SentryIngest ingest) => ingest.ClientReports
        .SelectMany(static report => report.GetProperty("discarded_events").EnumerateArray())
        .Where(static entry => entry.GetProperty("category").GetString() == "transaction")
        .Sum(static entry => entry.GetProperty("quantity").GetInt64());

    private static void Tell(string fault, DeliveryApp app, SentryIngest ingest)
    {
        var dropped = new StringBuilder();
        foreach (var reason in (string[])["rate_limited", "ratelimit_backoff", "send_error", "queue_overflow", "cache_overflow"])
        {
            dropped.Append(app.DroppedFor(reason) is > 0 and var count ? $" {reason} {count}" : "");
        }

        Output.WriteLine(
            $"{fault}: sent {app.Sent}, spooled {app.Spooled}, dropped{(dropped.Length == 0 ? " 0" : dropped)}, "
            + $"reported {ReportedInAll(ingest)}");
    }
}
