using LlmTracing.SentryExporter.Delivery;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>The pauses between tries, by a clock that the test moves.</summary>
public sealed class IngestHealthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wait_AfterFailures_PausesGrowToAMinuteAndEndWithSuccess()
    {
        var clock = new TestClock();
        var health = new IngestHealth(clock);
        var pause = TimeSpan.FromSeconds(1);
        for (var failure = 0; failure < 10; failure++)
        {
            health.Missed();
            var wait = health.WaitAsync(Cancellation);

            // Between half of the pause and all of it.
            clock.Advance((pause / 2) - TimeSpan.FromMilliseconds(1));
            Assert.False(wait.IsCompleted);
            clock.Advance((pause / 2) + TimeSpan.FromMilliseconds(2));
            await wait.BoundAsync($"try after failure {failure}");
            pause = pause * 2 < TimeSpan.FromMinutes(1) ? pause * 2 : TimeSpan.FromMinutes(1);
        }

        Assert.False(health.IsReachable);
        health.Reached();

        Assert.True(health.IsReachable);
        await health.WaitAsync(Cancellation).BoundAsync("no wait");
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task Wait_ClockOfTheWorldIsSet_PausesAsLongAsBefore(int days)
    {
        var clock = new TestClock();
        var health = new IngestHealth(clock);
        health.Missed();
        var wait = health.WaitAsync(Cancellation);

        clock.SetUtcNow(clock.GetUtcNow().AddDays(days));
        health.NotTried();
        clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(wait.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(502));
        await wait.BoundAsync("try");
    }

    [Fact]
    public async Task Wait_ManyWhileUnreachable_OneTriesAndTheOthersFollowItsSuccess()
    {
        var clock = new TestClock();
        var health = new IngestHealth(clock);
        health.Missed();
        health.Missed();
        var waits = Enumerable.Range(0, 8).Select(_ => health.WaitAsync(Cancellation)).ToList();

        clock.Advance(TimeSpan.FromSeconds(1));
        var first = await FirstAsync(waits);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal([first], waits.Where(static wait => wait.IsCompleted));

        health.NotTried();
        waits.Remove(first);
        var second = await FirstAsync(waits);
        Assert.Equal([second], waits.Where(static wait => wait.IsCompleted));

        health.Reached();
        await Task.WhenAll(waits).BoundAsync("all others");
    }

    private static Task<Task> FirstAsync(IEnumerable<Task> waits) =>
        Deadline.BoundAsync("try", null, token => Task.WhenAny(waits).WaitAsync(token));
}
