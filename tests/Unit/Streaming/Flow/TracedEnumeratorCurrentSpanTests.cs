using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>The span of a stream is current in the stream's own code, around every yield.</summary>
public sealed class TracedEnumeratorCurrentSpanTests
{
    [Fact]
    public async Task MoveNextAsync_SynchronousItems_SpanIsCurrentAroundEveryYield()
    {
        using var spans = new SpanRecorder();
        var seen = new List<Activity?>();

        await Observed(seen, static _ => Task.CompletedTask).TraceLlm().ReadAsync();

        AssertAllAre(spans.Single, seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MoveNextAsync_AsynchronousItems_SpanIsCurrentAroundEveryYield(bool inline)
    {
        using var spans = new SpanRecorder();
        var seen = new List<Activity?>();
        var gates = new Gates(inline);

        await using (var chunks = Observed(seen, _ => gates.PassAsync()).TraceLlm().GetAsyncEnumerator(
            TestContext.Current.CancellationToken))
        {
            while (await gates.PullAsync(chunks))
            {
            }
        }

        AssertAllAre(spans.Single, seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task MoveNextAsync_EveryOtherItemAsynchronous_SpanIsCurrentAroundEveryYield(int firstToWait)
    {
        using var spans = new SpanRecorder();
        var seen = new List<Activity?>();
        var gates = new Gates();

        await using (var chunks = Observed(seen, i => i % 2 == firstToWait ? gates.PassAsync() : Task.CompletedTask)
            .TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            for (var i = 0; i <= ItemCount; i++)
            {
                var hasChunk = i % 2 == firstToWait
                    ? await gates.PullAsync(chunks)
                    : await chunks.MoveNextAsync().BoundAsync();
                Assert.Equal(i < ItemCount, hasChunk);
            }
        }

        AssertAllAre(spans.Single, seen);
    }

    [Fact]
    public async Task MoveNextAsync_OperatorsBetween_SpanIsCurrentInTheInnermostSource()
    {
        using var spans = new SpanRecorder();
        var seen = new List<Activity?>();
        var gates = new Gates();
        var stream = Observed(seen, _ => gates.PassAsync()).Select(static i => i + 1).Where(static i => i > 0);

        await using (var chunks = stream.TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            while (await gates.PullAsync(chunks))
            {
            }
        }

        AssertAllAre(spans.Single, seen);
    }

    [Fact]
    public async Task MoveNextAsync_RunsOffItsThread_ItemsArriveInOrder()
    {
        using var spans = new SpanRecorder();

        var chunks = await Observed([], static async _ => await Task.Yield()).TraceLlm().ReadAsync().BoundAsync();

        Assert.Equal([0, 1, 2, 3, 4, 5], chunks);
        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task DisposeAsync_ConsumerBreaksOff_FinallyBlockSeesTheSpanOpenAndItEndsAfter()
    {
        using var spans = new SpanRecorder();
        Activity? inFinally = null;
        bool? wasOpen = null;
        var gates = new Gates();
        async IAsyncEnumerable<int> Source()
        {
            try
            {
                await gates.PassAsync();
                yield return 1;
            }
            finally
            {
                await gates.PassAsync();
                (inFinally, wasOpen) = (Activity.Current, Activity.Current is { IsStopped: false });
            }
        }

        var chunks = Source().TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await gates.PullAsync(chunks);
        var disposal = chunks.DisposeAsync();
        Assert.False(disposal.IsCompleted);
        Assert.Empty(spans.Ended);
        gates.Open();
        await disposal.BoundAsync();

        Assert.Same(spans.Single, inFinally);
        Assert.True(wasOpen);
    }

    [Fact]
    public async Task DisposeAsync_SynchronousSource_FinallyBlockSeesTheSpanOpen()
    {
        using var spans = new SpanRecorder();
        Activity? inFinally = null;
        bool? wasOpen = null;
        async IAsyncEnumerable<int> Source()
        {
            try
            {
                await Task.CompletedTask;
                yield return 1;
            }
            finally
            {
                (inFinally, wasOpen) = (Activity.Current, Activity.Current is { IsStopped: false });
            }
        }

        await foreach (var _ in Source().TraceLlm())
        {
            break;
        }

        Assert.Same(spans.Single, inFinally);
        Assert.True(wasOpen);
    }

    private const int ItemCount = 6;

    private static async IAsyncEnumerable<int> Observed(List<Activity?> seen, Func<int, Task> waitBefore)
    {
        for (var i = 0; i < ItemCount; i++)
        {
            seen.Add(Activity.Current);
            await waitBefore(i);
            seen.Add(Activity.Current);
            yield return i;
            seen.Add(Activity.Current);
        }

        await waitBefore(ItemCount);
        seen.Add(Activity.Current);
    }

    private static void AssertAllAre(Activity span, List<Activity?> seen)
    {
        Assert.Equal((3 * ItemCount) + 1, seen.Count);
        Assert.All(seen, current => Assert.Same(span, current));
    }
}
