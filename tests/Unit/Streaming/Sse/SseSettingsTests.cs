using LlmTracing.Streaming.Sse;

namespace LlmTracing.Tests.Unit.Streaming.Sse;

public sealed class SseSettingsTests
{
    private static readonly TracedSseOptions Unset = new();

    [Fact]
    public void Settings_NothingSet_AreAsDocumented()
    {
        var settings = new SseSettings(Unset, Unset);

        Assert.Equal(TimeSpan.FromSeconds(15), settings.Heartbeat);
        Assert.Equal(TimeSpan.FromMinutes(5), settings.FirstChunkTimeout);
        Assert.Equal(TimeSpan.FromMinutes(2), settings.StallTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, settings.MaxDuration);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.WriteTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(500), settings.CancellationTimeout);
        Assert.Equal(new DrainLimit { Time = TimeSpan.FromSeconds(20), Chunks = 10_000 }, settings.DrainLimit);
        Assert.Equal((false, SseCompletion.Event, false), (settings.Drains, settings.Completion, settings.EventIds));
        Assert.Equal((null, TimeSpan.FromSeconds(3)), (settings.Retry, settings.RetryWhenStopping));
        Assert.Equal((false, TimeSpan.Zero), (settings.PeekFirstChunk, settings.ShutdownGrace));
    }

    [Fact]
    public void Settings_SetForTheResponse_WinOneByOneOverTheApps()
    {
        var app = new TracedSseOptions
        {
            Completion = SseCompletion.None,
            EventIds = true,
            Heartbeat = TimeSpan.FromSeconds(1),
            PeekFirstChunk = true,
        };
        var response = new TracedSseOptions { EventIds = false, Heartbeat = Timeout.InfiniteTimeSpan };

        var settings = new SseSettings(response, app);

        Assert.Equal((SseCompletion.None, true), (settings.Completion, settings.PeekFirstChunk));
        Assert.Equal((false, Timeout.InfiniteTimeSpan), (settings.EventIds, settings.Heartbeat));
    }
}
