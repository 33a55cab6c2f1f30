using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>Sources that no compiler made: SDKs' own enumerators, channels, adapters.</summary>
public sealed class TracedEnumeratorForeignSourceTests
{
    private static readonly AsyncLocal<string?> Shared = new();

    [Fact]
    public async Task MoveNextAsync_HandWrittenSource_SpanIsCurrentInEachOfItsMembers()
    {
        using var spans = new SpanRecorder();
        var left = 2;
        var source = new ManualSource { OnMoveNext = () => ValueTask.FromResult(left-- > 0) };

        Assert.Equal(2, (await source.TraceLlm().ReadAsync()).Count);

        var span = spans.Single;
        Assert.Same(span, source.CurrentAtStart);
        Assert.Equal([span, span, span], source.Currents);
        Assert.Equal(1, source.Disposals);
    }

    [Fact]
    public async Task DisposeAsync_HandWrittenSourceBrokenOff_SpanIsCurrentAndOpenInIt()
    {
        using var spans = new SpanRecorder();
        var wasOpen = false;
        var source = new ManualSource
        {
            OnMoveNext = static () => ValueTask.FromResult(true),
            OnDispose = () =>
            {
                wasOpen = Activity.Current is { IsStopped: false };
                return ValueTask.CompletedTask;
            },
        };

        await foreach (var _ in source.TraceLlm())
        {
            break;
        }

        Assert.Same(spans.Single, source.CurrentAtDisposal);
        Assert.True(wasOpen);
    }

    [Fact]
    public async Task MoveNextAsync_CallbackComesInAStrangersContext_SourceKeepsItsFirst()
    {
        using var spans = new SpanRecorder();
        var answers = new Queue<TaskCompletionSource<bool>>([new(), new(), new()]);
        var pending = answers.ToArray();
        var seen = new List<string?>();
        var source = new ManualSource
        {
            OnMoveNext = () =>
            {
                seen.Add(Shared.Value);
                return new ValueTask<bool>(answers.Dequeue().Task);
            },
        };
        Shared.Value = "consumer's";
        await using (var chunks = Start(source))
        {
            foreach (var answer in pending)
            {
                var pull = chunks.MoveNextAsync();
                await AnswerAsStrangerAsync(answer, answer != pending[^1]);
                Assert.Equal(answer != pending[^1], await pull.BoundAsync());
                Assert.Same(spans.Root, Activity.Current);
            }
        }

        var span = spans.Single;
        Assert.Equal([span, span, span], source.Currents);
        Assert.Equal(["consumer's", "consumer's", "consumer's"], seen);
    }

    [Fact]
    public async Task MoveNextAsync_GetAsyncEnumeratorThrows_SpanFailsAndExceptionPassesThrough()
    {
        using var spans = new SpanRecorder();
        var failure = new InvalidOperationException("no connection");
        var chunks = Start(new ManualSource { OnGetEnumerator = () => throw failure });

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => chunks.MoveNextAsync().BoundAsync());
        await chunks.DisposeAsync();

        Assert.Same(failure, thrown);
        Assert.Equal("upstream_failed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public async Task MoveNextAsync_SourceThrowsSynchronously_SpanFailsAndExceptionPassesThrough()
    {
        using var spans = new SpanRecorder();
        var failure = new InvalidOperationException("bad request");
        var source = new ManualSource { OnMoveNext = () => throw failure };
        var chunks = Start(source);

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => chunks.MoveNextAsync().BoundAsync());
        Assert.Same(failure, thrown);
        Assert.Equal("upstream_failed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));

        await chunks.DisposeAsync();
        Assert.Equal(1, source.Disposals);
        Assert.Single(spans.Ended);
    }

    [Fact]
    public async Task MoveNextAsync_SourceReturnsFaultedTask_SpanFailsAndExceptionPassesThrough()
    {
        using var spans = new SpanRecorder();
        var failure = new InvalidOperationException("bad request");
        var chunks = Start(new ManualSource { OnMoveNext = () => ValueTask.FromException<bool>(failure) });

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => chunks.MoveNextAsync().BoundAsync());
        await chunks.DisposeAsync();

        Assert.Same(failure, thrown);
        Assert.Equal("upstream_failed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task MoveNextAsync_SourceFaultsLater_SpanFailsAndExceptionPassesThrough()
    {
        using var spans = new SpanRecorder();
        var failure = new InvalidOperationException("connection lost");
        var answer = new TaskCompletionSource<bool>();
        var chunks = Start(new ManualSource { OnMoveNext = () => new ValueTask<bool>(answer.Task) });

        var pull = chunks.MoveNextAsync();
        answer.SetException(failure);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => pull.BoundAsync());
        await chunks.DisposeAsync();

        Assert.Same(failure, thrown);
        Assert.Equal("upstream_failed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MoveNextAsync_SourcesCurrentThrows_SpanFailsAndExceptionPassesThrough(bool later)
    {
        using var spans = new SpanRecorder();
        var failure = new FormatException("not a chunk");
        var answer = new TaskCompletionSource<bool>();
        var chunks = Start(new ManualSource
        {
            OnMoveNext = () => later ? new ValueTask<bool>(answer.Task) : ValueTask.FromResult(true),
            OnCurrent = () => throw failure,
        });

        var pull = Record.ExceptionAsync(() => chunks.MoveNextAsync().BoundAsync());
        answer.SetResult(true);
        var thrown = await pull;
        await chunks.DisposeAsync();

        Assert.Same(failure, thrown);
        Assert.Equal("upstream_failed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task MoveNextAsync_AfterAFailure_AsksTheSourceAgainButEndsNoSecondSpan()
    {
        using var spans = new SpanRecorder();
        var pulls = 0;
        var chunks = Start(new ManualSource
        {
            OnMoveNext = () => ++pulls == 1 ? throw new TimeoutException() : ValueTask.FromResult(false),
        });

        await Assert.ThrowsAsync<TimeoutException>(() => chunks.MoveNextAsync().BoundAsync());
        Assert.False(await chunks.MoveNextAsync());
        await chunks.DisposeAsync();

        Assert.Equal("upstream_timed_out", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task GetAsyncEnumerator_WithToken_TokenReachesTheSource()
    {
        using var spans = new SpanRecorder();
        using var cancellation = new CancellationTokenSource();
        var source = new ManualSource();

        await using (var chunks = source.TraceLlm().GetAsyncEnumerator(cancellation.Token))
        {
            Assert.False(await chunks.MoveNextAsync());
        }

        Assert.Equal(cancellation.Token, source.Token);
    }

    private static Task AnswerAsStrangerAsync(TaskCompletionSource<bool> answer, bool hasChunk) => Task.Run(() =>
    {
        using var stranger = SpanRecorder.App.StartActivity("stranger");
        Shared.Value = "stranger's";

        // The callback of the pull runs right here, on this thread and in this context.
        answer.SetResult(hasChunk);
        Assert.Same(stranger, Activity.Current);
        Assert.Equal("stranger's", Shared.Value);
    }).BoundAsync();

    private static IAsyncEnumerator<int> Start(IAsyncEnumerable<int> source) =>
        source.TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);
}
