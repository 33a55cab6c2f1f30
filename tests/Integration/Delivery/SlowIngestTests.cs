using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>An ingest that takes its time, and one that is gone for a while, under load.</summary>
public sealed class SlowIngestTests
{
    private static ITestOutputHelper Output => TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task Accept_IngestTakes100Milliseconds_AllArriveOnceAndNobodyWaits()
    {
        const int count = 10_000;
        using var spool = new TempFolder();
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = static async (context, stopping) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stopping);
            await context.Response.WriteAsync("{}", stopping);
        };
        await using var app = await DeliveryApp.StartAsync(ingest.Dsn, spool.Path, static options => options.Senders = 64);
        var (ids, waits) = (new HashSet<string>(), new List<TimeSpan>(count));

        await LoadAsync(app, TimeSpan.FromSeconds(10), ids, waits);
        var arrived = await ingest.TakeAsync(count, TimeSpan.FromSeconds(120));
        await app.StopAsync();

        waits.Sort();
        Output.WriteLine(
            $"{count} transactions: Accept median {Microseconds(0.5)}, p99 {Microseconds(0.99)}, longest {Microseconds(1)} "
            + $"microseconds; {app.Spooled} went by the spool");
        Assert.Equal(count, ids.Count);
        Assert.True(ids.SetEquals(arrived.Select(static transaction => transaction.TraceId)));
        ingest.AssertNoMore();

        double Microseconds(double quantile) => waits[(int)((waits.Count - 1) * quantile)].TotalMicroseconds;
    }

    [Fact]
    public async Task Accept_IngestIsDownForAWhile_AllArriveOnceItIsBack()
    {
        var outage = TimeSpan.FromSeconds(
            int.Parse(Environment.GetEnvironmentVariable("OUTAGE") ?? "5", System.Globalization.CultureInfo.InvariantCulture));
        using var spool = new TempFolder();
        var ingest = await SentryIngest.StartAsync();
        var port = ingest.Port;
        await using var app = await DeliveryApp.StartAsync(ingest.Dsn, spool.Path);
        var (ids, waits) = (new HashSet<string>(), new List<TimeSpan>());

        await LoadAsync(app, TimeSpan.FromSeconds(1), ids, waits);
        var before = await ingest.TakeAsync(ids.Count);
        await app.WhenCountedAsync(SentryExporterMetrics.Sent, before.Count);
        await ingest.DisposeAsync();
        await LoadAsync(app, outage, ids, waits);
        await using var back = await SentryIngest.StartAsync(port);
        await LoadAsync(app, TimeSpan.FromSeconds(1), ids, waits);
        var after = await back.TakeAsync(ids.Count - before.Count, TimeSpan.FromSeconds(180));
        await app.StopAsync();

        Output.WriteLine(
            $"Down for {outage}: {ids.Count} made, {before.Count} before, {after.Count} after, {app.Spooled} by the spool; "
            + $"longest Accept {waits.Max().TotalMilliseconds} ms");
        Assert.True(ids.SetEquals(before.Concat(after).Select(static transaction => transaction.TraceId)));
        back.AssertNoMore();
        Assert.Empty(app.Logs.Of("TransactionsLost"));
    }

    /// <summary>Makes 1,000 transactions a second.</summary>
    private static async Task LoadAsync(DeliveryApp app, TimeSpan during, HashSet<string> ids, List<TimeSpan> waits)
    {
        const int perTick = 10;
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var tick = 0; tick < during.TotalMilliseconds / 10; tick++)
        {
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            for (var i = 0; i < perTick; i++)
            {
                var transaction = MadeTransactions.One();
                var start = Stopwatch.GetTimestamp();
                app.Sink.Accept(transaction);
                waits.Add(Stopwatch.GetElapsedTime(start));
                ids.Add(transaction.TraceId.ToHexString());
            }
        }
    }
}
