using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Unit.Streaming;

public sealed class TracedSseOptionsValidatorTests
{
    [Fact]
    public void Validate_NothingSet_Succeeds() =>
        Assert.True(new TracedSseOptionsValidator().Validate(null, new TracedSseOptions()).Succeeded);

    [Fact]
    public void Validate_LimitsSwitchedOff_Succeeds()
    {
        var options = new TracedSseOptions
        {
            Heartbeat = Timeout.InfiniteTimeSpan,
            FirstChunkTimeout = Timeout.InfiniteTimeSpan,
            StallTimeout = Timeout.InfiniteTimeSpan,
            MaxDuration = Timeout.InfiniteTimeSpan,
            WriteTimeout = Timeout.InfiniteTimeSpan,
            CancellationTimeout = TimeSpan.Zero,
        };

        Assert.True(new TracedSseOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public void Validate_EverythingWrong_NamesEverythingWithItsValue()
    {
        var options = new TracedSseOptions
        {
            Heartbeat = TimeSpan.FromMilliseconds(1),
            FirstChunkTimeout = TimeSpan.Zero,
            StallTimeout = TimeSpan.FromDays(2),
            MaxDuration = TimeSpan.FromSeconds(-1),
            WriteTimeout = TimeSpan.Zero,
            CancellationTimeout = TimeSpan.FromMinutes(2),
            OnDisconnect = (DisconnectBehavior)7,
            DrainLimit = new DrainLimit { Time = TimeSpan.FromHours(1), Chunks = 0 },
            Completion = (SseCompletion)9,
            Retry = TimeSpan.FromDays(1),
            ShutdownGrace = TimeSpan.FromSeconds(-2),
        };

        var problems = new TracedSseOptionsValidator().Validate("Sse", options).Failures!.ToArray();

        Assert.Equal(
            [
                "Property Sse.Heartbeat: must be 00:00:00.0100000 to 01:00:00, or -00:00:00.0010000 for none, was 00:00:00.0010000.",
                "Property Sse.FirstChunkTimeout: must be 00:00:00.0010000 to 1.00:00:00, or -00:00:00.0010000 for none, was 00:00:00.",
                "Property Sse.StallTimeout: must be 00:00:00.0010000 to 1.00:00:00, or -00:00:00.0010000 for none, was 2.00:00:00.",
                "Property Sse.MaxDuration: must be 00:00:00.0010000 to 1.00:00:00, or -00:00:00.0010000 for none, was -00:00:01.",
                "Property Sse.WriteTimeout: must be 00:00:00.0010000 to 1.00:00:00, or -00:00:00.0010000 for none, was 00:00:00.",
                "Property Sse.CancellationTimeout: must be 00:00:00 to 00:01:00, was 00:02:00.",
                "Property Sse.Retry: must be 00:00:00 to 01:00:00, was 1.00:00:00.",
                "Property Sse.ShutdownGrace: must be 00:00:00 to 1.00:00:00, was -00:00:02.",
                "Property Sse.DrainLimit.Time: must be 00:00:00.0010000 to 00:10:00, was 01:00:00.",
                "Property Sse.OnDisconnect: must be one of CancelUpstream, DrainUpstream, was 7.",
                "Property Sse.Completion: must be one of Event, OpenAiDone, None, was 9.",
                "Property Sse.DrainLimit.Chunks: must be 1 or more, was 0.",
            ],
            problems);
    }

    [Fact]
    public void TracedSse_OptionsThatCannotWork_ThrowsWhereTheResultIsMade()
    {
        var options = new TracedSseOptions { Heartbeat = TimeSpan.Zero };

        var thrown = Assert.Throws<ArgumentException>(
            () => TypedResults.TracedSse(Nothing(), options: options));

        Assert.Equal("options", thrown.ParamName);
        Assert.Contains("Heartbeat", thrown.Message, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<string> Nothing()
    {
        await Task.CompletedTask;
        yield break;
    }
}
