using System.Diagnostics;
using System.Net.ServerSentEvents;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>Every way a stream can end, for every shape of source, at every moment, over both protocols.</summary>
/// <remarks>They run alone: a task's exception that nobody saw belongs to no test.</remarks>
[Collection(RunsAlone.Name)]
public sealed class StreamEndingTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GivingUp = TimeSpan.FromMilliseconds(600);

    public static TheoryData<EndingCell> Cells => [.. EndingCell.All];

    [Fact]
    public void Cells_All_AreCounted()
    {
        var count = EndingCell.All.Count();

        output.WriteLine($"{count} cells");
        Assert.InRange(count, 150, 1000);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Stream_Ends_LeavesOneSpanAndOneTransactionAndTellsWhatIsKnown(EndingCell cell)
    {
        using var unobserved = new UnobservedExceptions();
        var (clock, source) = (new TestClock(), new EndingSource(cell));
        var requestEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(cell, source, clock, requestEnded);
        using var client = cell.IsHttp2
            ? (IEndingClient)new Http2EndingClient(app.BaseUrl)
            : new Http1EndingClient(await app.ConnectAsync());
        try
        {
            await client.SendAsync();
            await ReachAsync(cell, source, client, clock);

            var recorded = app.Sink.NextAsync();
            await EndAsync(cell, source, client, app, requestEnded.Task, clock);
            var last = ReadLastEventAsync(cell, client);
            var transaction = await clock.AdvanceUntilAsync(recorded, StepOf(cell.Ending));
            var lastEvent = await last;
            if (!cell.SourceAnswers)
            {
                source.EndTest();
            }

            await source.Disposed.BoundAsync("end of the provider's answer");
            await app.StopAsync();

            AssertTransaction(cell, transaction);
            AssertLastEvent(cell, lastEvent);
            Assert.Single(app.Sink.All);
            Assert.Equal(1, source.Disposals);
            AssertLogs(cell, app.Logs);
            Assert.Empty(unobserved.Collect());
        }
        finally
        {
            source.EndTest();
        }
    }

    private static Task<TestApp> StartAsync(
        EndingCell cell, EndingSource source, TestClock clock, TaskCompletionSource requestEnded)
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
            Tracing = static tracing => tracing
                .AddChunkReader<Piece, PieceReader>().AddChunkReader<SseItem<Piece>, PieceReader>(),
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

    private static async Task ReachAsync(EndingCell cell, EndingSource source, IEndingClient client, TestClock clock)
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

    private static async Task EndAsync(
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
    private static TimeSpan StepOf(Ending ending) =>
        ending is Ending.Stalled or Ending.TooLong or Ending.ClientDoesNotRead or Ending.DrainCut ? Limit : GivingUp;

    private static async Task<string?> ReadLastEventAsync(EndingCell cell, IEndingClient client)
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

    private static void AssertTransaction(EndingCell cell, RecordedTransaction transaction)
    {
        var span = Assert.Single(transaction.Spans);
        Assert.Equal((cell.Outcome, cell.Outcome), (span.Outcome, transaction.Outcome!.Value));
        Assert.False(span.IsUnfinished);
        Assert.Equal(cell.Chunks, span[LlmTracingAttributes.StreamChunks]);

        var tokens = cell.Chunks == 0 ? default : new LlmUsage(7, cell.Chunks);
        Assert.Equal((tokens.InputTokens, tokens.OutputTokens), (span.Usage.InputTokens, span.Usage.OutputTokens));
        Assert.Equal(tokens.OutputTokens, transaction.Usage.OutputTokens);
        Assert.Equal(
            tokens.IsEmpty ? null : cell.IsReadToEnd ? "provider" : "partial", span[LlmTracingAttributes.UsageSource]);
        Assert.Equal(
            cell.Ending switch { Ending.Drained => true, Ending.DrainCut => false, _ => null },
            span[LlmTracingAttributes.StreamDrained]);

        var status = IsError(cell.Ending) ? ActivityStatusCode.Error : ActivityStatusCode.Unset;
        Assert.Equal((status, status), (span.Status, transaction.Root.Status));
        var errorType = cell.Ending switch
        {
            Ending.Failed => "System.InvalidOperationException",
            Ending.Stalled or Ending.TooLong => "System.TimeoutException",
            Ending.HostStops => "server_stopping",
            _ => null,
        };
        Assert.Equal((errorType, errorType), (span[GenAiAttributes.ErrorType], transaction.Root[GenAiAttributes.ErrorType]));
        Assert.Equal(200, transaction.Root[HttpAttributes.ResponseStatusCode]);
    }

    private static void AssertLastEvent(EndingCell cell, string? last)
    {
        if (cell.LastEvent is not { } name)
        {
            return;
        }

        Assert.StartsWith($"event: {name}\n", last, StringComparison.Ordinal);
        Assert.Contains($"\"{cell.Outcome.ToAttributeValue()}\"", last, StringComparison.Ordinal);
        Assert.Equal(cell.Ending == Ending.HostStops, last!.Contains("\nretry: 3000\n", StringComparison.Ordinal));
    }

    private static void AssertLogs(EndingCell cell, RecordingLogs logs)
    {
        string[] expected = cell.Outcome switch
        {
            StreamOutcome.Completed => [],
            StreamOutcome.UpstreamFailed or StreamOutcome.UpstreamTimedOut => ["Error StreamFailed"],
            StreamOutcome.ServerStopping => ["Information StreamStopped"],
            StreamOutcome.WriteTimedOut => ["Information ClientDidNotRead"],
            _ => ["Debug StreamEndedEarly"],
        };

        // Whether a source answers before it is given up on is for the clock to say, which here goes by leaps.
        var ours = logs.All.Where(static entry => entry.Category == "LlmTracing.Streaming"
            && entry.Event.Name is not ("DetachedSourceFailed" or "SourceGivenUpOn"));
        Assert.Equal(expected, ours.Select(static entry => $"{entry.Level} {entry.Event.Name}"));
        Assert.Equal(IsOurFault(cell.Ending), logs.Errors.Any());
    }

    private static bool IsError(Ending ending) => IsOurFault(ending) || ending == Ending.HostStops;

    private static bool IsOurFault(Ending ending) => ending is Ending.Failed or Ending.Stalled or Ending.TooLong;
}
