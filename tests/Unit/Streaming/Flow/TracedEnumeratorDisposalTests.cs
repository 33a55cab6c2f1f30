using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>However the consumer leaves, the source is disposed once and the span ends once.</summary>
public sealed class TracedEnumeratorDisposalTests
{
    [Fact]
    public async Task DisposeAsync_NeverPulled_OpensNoSpanAndTouchesNoSource()
    {
        using var spans = new SpanRecorder();
        var source = new ManualSource { OnGetEnumerator = () => Assert.Fail("The source was asked.") };

        await using (Start(source))
        {
        }

        Assert.Empty(spans.Started);
        Assert.Equal(0, source.Disposals);
    }

    [Fact]
    public async Task DisposeAsync_Twice_DisposesTheSourceOnce()
    {
        using var spans = new SpanRecorder();
        var source = new ManualSource { OnMoveNext = static () => ValueTask.FromResult(true) };
        var chunks = Start(source);
        await chunks.MoveNextAsync();

        await chunks.DisposeAsync();
        await chunks.DisposeAsync();

        Assert.Equal(1, source.Disposals);
        Assert.Equal("abandoned", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task DisposeAsync_SourcesDisposalThrowsAfterBreak_SpanFailsAndExceptionPassesThrough()
    {
        using var spans = new SpanRecorder();
        var failure = new InvalidOperationException("cannot close");
        var chunks = Start(new ManualSource
        {
            OnMoveNext = static () => ValueTask.FromResult(true),
            OnDispose = () => throw failure,
        });
        await chunks.MoveNextAsync();

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => chunks.DisposeAsync().BoundAsync());

        Assert.Same(failure, thrown);
        Assert.Equal("upstream_failed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task DisposeAsync_SourcesDisposalThrowsAfterTheLastChunk_SpanStaysCompleted()
    {
        using var spans = new SpanRecorder();
        var failure = new InvalidOperationException("cannot close");
        var chunks = Start(new ManualSource { OnDispose = () => ValueTask.FromException(failure) });
        Assert.False(await chunks.MoveNextAsync());

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => chunks.DisposeAsync().BoundAsync());

        Assert.Same(failure, thrown);
        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Empty(spans.Single.Events);
    }

    [Fact]
    public async Task DisposeAsync_PullIsPending_SourceIsDisposedOnceWhenItsPullReturns()
    {
        using var spans = new SpanRecorder();
        var answer = new TaskCompletionSource<bool>();
        var source = new ManualSource { OnMoveNext = () => new ValueTask<bool>(answer.Task) };
        var chunks = Start(source);

        var pull = chunks.MoveNextAsync();
        await chunks.DisposeAsync().BoundAsync();
        await chunks.DisposeAsync().BoundAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => pull.BoundAsync());

        Assert.Equal(0, source.Disposals);
        Assert.Equal("abandoned", spans.Single.GetTagItem("llm_tracing.stream.outcome"));

        answer.SetResult(true);
        await chunks.DisposeAsync().BoundAsync();

        Assert.Equal(1, source.Disposals);
        Assert.Single(spans.Ended);
    }

    [Fact]
    public async Task DisposeAsync_PullIsPendingAndFailsLater_SourceIsDisposedAndSpanStaysAbandoned()
    {
        using var spans = new SpanRecorder();
        var answer = new TaskCompletionSource<bool>();
        var source = new ManualSource { OnMoveNext = () => new ValueTask<bool>(answer.Task) };
        var chunks = Start(source);

        var pull = chunks.MoveNextAsync();
        await chunks.DisposeAsync().BoundAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => pull.BoundAsync());
        answer.SetException(new InvalidOperationException());

        Assert.Equal(1, source.Disposals);
        Assert.Equal("abandoned", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Empty(spans.Single.Events);
    }

    [Fact]
    public async Task DisposeAsync_IteratorsPullIsPending_ItsFinallyBlockRunsWhenItGoesOn()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async IAsyncEnumerable<int> Source()
        {
            try
            {
                await gates.PassAsync();
                yield return 1;
            }
            finally
            {
                ended.SetResult();
            }
        }

        var chunks = Start(Source());
        var pull = chunks.MoveNextAsync();
        await chunks.DisposeAsync().BoundAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => pull.BoundAsync());
        Assert.False(ended.Task.IsCompleted);
        gates.Open();

        await ended.Task.BoundAsync();
        Assert.Equal("abandoned", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task DisposeAsync_PullIsJustBeingSettled_SourceIsStillDisposedAndSpanEnds()
    {
        using var spans = new SpanRecorder();
        var answer = new TaskCompletionSource<bool>();
        IAsyncEnumerator<int>? chunks = null;
        Task? disposal = null;
        var source = new ManualSource
        {
            OnMoveNext = () => new ValueTask<bool>(answer.Task),

            // Read after the source answered and before the consumer knows: when another thread may dispose.
            OnCurrent = () =>
            {
                disposal = chunks!.DisposeAsync().AsTask();
                return 1;
            },
        };
        chunks = Start(source);

        var pull = chunks.MoveNextAsync();
        answer.SetResult(true);
        await Record.ExceptionAsync(() => pull.BoundAsync());
        await disposal!.BoundAsync();

        Assert.Equal(1, source.Disposals);
        Assert.Equal("abandoned", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task MoveNextAsync_LastOneIsPending_Throws()
    {
        using var spans = new SpanRecorder();
        var answer = new TaskCompletionSource<bool>();
        var source = new ManualSource { OnMoveNext = () => new ValueTask<bool>(answer.Task) };
        await using var chunks = Start(source);

        var pull = chunks.MoveNextAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => chunks.MoveNextAsync().BoundAsync());
        Assert.Single(source.Currents);
        answer.SetResult(false);

        Assert.False(await pull.BoundAsync());
        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task MoveNextAsync_AfterDisposal_Throws()
    {
        using var spans = new SpanRecorder();
        var source = new ManualSource();
        var chunks = Start(source);
        await chunks.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => chunks.MoveNextAsync().BoundAsync());

        Assert.Empty(spans.Started);
        Assert.Empty(source.Currents);
    }

    [Fact]
    public async Task MoveNextAsync_AfterDisposalOfAStartedStream_Throws()
    {
        using var spans = new SpanRecorder();
        var chunks = Start(Streams.Of(1, 2));
        await chunks.MoveNextAsync();
        await chunks.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => chunks.MoveNextAsync().BoundAsync());

        Assert.Equal("abandoned", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task MoveNextAsync_AfterTheLastItem_SaysSoAgain()
    {
        using var spans = new SpanRecorder();
        var chunks = Start(Streams.Of(1));

        Assert.True(await chunks.MoveNextAsync());
        Assert.False(await chunks.MoveNextAsync());
        Assert.False(await chunks.MoveNextAsync());
        await chunks.DisposeAsync();

        Assert.Equal(1L, spans.Single.GetTagItem("llm_tracing.stream.chunks"));
    }

    private static IAsyncEnumerator<int> Start(IAsyncEnumerable<int> source) =>
        source.TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);
}
