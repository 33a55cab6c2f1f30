using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>Every way a stream can end, for every shape of source, at every moment, over both protocols.</summary>
/// <remarks>They run alone: a task's exception that nobody saw belongs to no test.</remarks>
[Collection(RunsAlone.Name)]
public sealed class StreamEndingTests(ITestOutputHelper output)
{
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
        await using var app = await EndingRun.StartAsync(cell, source, clock, requestEnded);
        using var client = await EndingRun.ConnectAsync(cell, app);
        try
        {
            await client.SendAsync();
            await EndingRun.ReachAsync(cell, source, client, clock);

            var recorded = app.Sink.NextAsync();
            await EndingRun.EndAsync(cell, source, client, app, requestEnded.Task, clock);
            var last = EndingRun.ReadLastEventAsync(cell, client);
            var transaction = await clock.AdvanceUntilAsync(recorded, EndingRun.StepOf(cell.Ending));
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
