using System.Net.ServerSentEvents;
using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>The steps by which a cell of the table is played.</summary>
internal static class EndingRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GivingUp = TimeSpan.FromMilliseconds(600);

    public static async Task<IEndingClient> ConnectAsync(EndingCell cell, TestApp app) => cell.IsHttp2
        ? new Http2EndingClient(app.BaseUrl)
        : new Http1EndingClient(await app.ConnectAsync());

    public static Task<TestApp> StartAsync(
        EndingCell cell,
        EndingSource source,
        TestClock clock,
        TaskCompletionSource requestEnded,
        IBackend? backend = null)
    {
        var options = new TracedSseOptions
        {
            Heartbeat = TimeSpan.FromSeconds(1),
            FirstChunkTimeout = cell.Ending == Ending.Stalled ? Limit : Timeout.InfiniteTimeSpan,
            StallTimeout = cell.Ending == Ending.Stalled ? Limit : Timeout.InfiniteTimeSpan,
            MaxDuration = cell.Ending == Ending.TooLong ? Limit : Timeout.InfiniteTimeSpan,
            WriteTimeout = cell.Ending == Ending.ClientDoesNotRead ? Limit : Timeout.InfiniteTimeSpan,
            DrainLimit = new DrainLimit { Time = Limit },
            OnDisconnect = cell.Ending is Ending.Drained or Ending.DrainCut
                ? DisconnectBehavior.DrainUpstream
                : DisconnectBehavior.CancelUpstream,
        };
        return TestApp.StartAsync(new TestAppSetup
        {
            Protocols = cell.IsHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1,
            Services = services => services.AddSingleton<TimeProvider>(clock),
            Options = static options => options.ChildLimit = TimeSpan.FromMinutes(10),
            WebHost = host => backend?.Add(host),
            Tracing = tracing =>
            {
                tracing.AddChunkReader<Piece, PieceReader>().AddChunkReader<SseItem<Piece>, PieceReader>();
                backend?.Add(tracing);
            },
            Inside = app =>
            {
                app.Use(async (context, next) =>
                {
                    await next(context);
                    requestEnded.SetResult();
                });
                app.MapGet("/", () => source.ToResult(options));
            },
        });
    }

    public static async Task ReachAsync(EndingCell cell, EndingSource source, IEndingClient client, TestClock clock)
    {
        Assert.Equal(":", await client.ReadFrameAsync());
        if (cell.Phase != EndingPhase.BeforeFirstChunk)
        {
            Assert.Equal("data: {\"text\":\"x\",\"outputTokens\":1}", await client.ReadFrameAsync());
        }

        await source.Gate.Reached.BoundAsync("silence of the source");
        if (cell.Phase == EndingPhase.DuringSilence)
        {
            var beat = client.ReadFrameAsync();
            Assert.Equal(":", await clock.AdvanceUntilAsync(beat, TimeSpan.FromSeconds(1)));
        }
    }

    public static async Task EndAsync(
        EndingCell cell, EndingSource source, IEndingClient client, TestApp app, Task requestEnded, TestClock clock)
    {
        switch (cell.Ending)
        {
            case Ending.Completed or Ending.Failed:
                source.Gate.Release();
                break;
            case Ending.ClientCloses:
                client.Close();
                break;
            case Ending.ClientBreaks:
                client.Break();
                break;
            case Ending.Drained:
                client.Close();
                await requestEnded.BoundAsync("end of the request");
                source.Gate.Release();
                break;
            case Ending.DrainCut:
                client.Break();
                await requestEnded.BoundAsync("end of the request");
                break;
            case Ending.HostStops:
                app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                break;
        }
    }

    // Those that time ends need it to pass; the others, only so that a source that does not answer is given up on.
    public static TimeSpan StepOf(Ending ending) =>
        ending is Ending.Stalled or Ending.TooLong or Ending.ClientDoesNotRead or Ending.DrainCut ? Limit : GivingUp;

    public static async Task<string?> ReadLastEventAsync(EndingCell cell, IEndingClient client)
    {
        if (cell.LastEvent is null)
        {
            return null;
        }

        string? last = null;
        while (await client.ReadFrameAsync() is { } frame)
        {
            last = frame == ":" ? last : frame;
        }

        return last;
    }
}
