using System.Globalization;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.StreamEndings.Soak;

/// <summary>
/// Streams that end in every way at random, for a minute, or for <c>SOAK</c> seconds: none is lost, and nothing of them
/// stays behind. It runs alone, for it counts what is the process's.
/// </summary>
[Collection(RunsAlone.Name)]
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int StreamsASecond = 34;
    private const long MostGrowth = 1024 * 1024;

    private static readonly int Seconds =
        int.Parse(Environment.GetEnvironmentVariable("SOAK") ?? "60", CultureInfo.InvariantCulture);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_EndingAtRandom_AreAllDeliveredAndLeaveNothingBehind()
    {
        var counts = new SoakCounts();
        await using var app = await SoakApp.StartAsync(counts);
        var random = new Random(4711);
        var rounds = Math.Max(3, Seconds / 60);
        var live = new List<long>();
        for (var round = 0; round < rounds; round++)
        {
            await RunAsync(app, random, TimeSpan.FromSeconds((double)Seconds / rounds));
            await counts.WhenAllAreDeliveredAsync().BoundAsync("delivery of every stream", TimeSpan.FromSeconds(60));
            live.Add(LiveMemory.Measure());
            output.WriteLine(
                $"round {round + 1} of {rounds}: {counts.Started} streams started, {counts.Ended} ended, "
                + $"{counts.Delivered} delivered, {counts.Active} active; {live[^1] / 1024} KiB live");
        }

        output.WriteLine(counts.Outcomes);
        Assert.Equal((counts.Started, counts.Started), (counts.Ended, counts.Delivered));
        Assert.Equal((0, 0L), (counts.Unfinished, counts.Active));
        Assert.InRange(counts.Started, Seconds * StreamsASecond / 4, int.MaxValue);
        Assert.InRange(live[^1] - live[0], long.MinValue, MostGrowth);
    }

    private static async Task RunAsync(SoakApp app, Random random, TimeSpan duration)
    {
        using var http2 = new SoakHttp2Client(app.Http2);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / StreamsASecond));
        var clients = new List<Task>();
        var end = TimeProvider.System.GetTimestamp() + (long)(duration.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (TimeProvider.System.GetTimestamp() < end)
        {
            await pace.WaitForNextTickAsync(Cancellation);
            var plan = SoakPlan.Next(random);
            clients.Add(plan.IsHttp2 ? http2.ReadAsync(plan) : ReadAsync(app.Http1, plan));
            clients.RemoveAll(static client => client.IsCompletedSuccessfully);
        }

        await Task.WhenAll(clients).BoundAsync("end of the last clients", TimeSpan.FromSeconds(30));
    }

    private static async Task ReadAsync(Uri server, SoakPlan plan)
    {
        using var client = await RawHttpClient.ConnectAsync(server);
        await client.SendAsync("GET", plan.Target);
        await client.ReadHeadAsync(Cancellation);
        for (var frames = 0; frames < plan.LeavesAfter; frames++)
        {
            if (await client.ReadFrameAsync(Cancellation) is null)
            {
                return;
            }
        }

        if (plan.Breaks)
        {
            client.Abort();
        }
    }
}
