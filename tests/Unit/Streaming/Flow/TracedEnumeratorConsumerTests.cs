using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>The consumer's own context is what it was, whatever the source does in its.</summary>
public sealed class TracedEnumeratorConsumerTests
{
    private static readonly AsyncLocal<string?> Shared = new();

    [Fact]
    public async Task MoveNextAsync_SynchronousItems_ConsumersContextIsUntouched()
    {
        using var spans = new SpanRecorder();
        Shared.Value = "consumer's";
        var chunks = Start(Meddling(static () => Task.CompletedTask));

        for (var i = 0; i <= ItemCount; i++)
        {
            var pull = chunks.MoveNextAsync();
            AssertIsConsumers(spans.Root);
            Assert.Equal(i < ItemCount, await pull);
            AssertIsConsumers(spans.Root);
        }

        var disposal = chunks.DisposeAsync();
        AssertIsConsumers(spans.Root);
        await disposal;
        AssertIsConsumers(spans.Root);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MoveNextAsync_AsynchronousItems_ConsumersContextIsUntouched(bool inline)
    {
        using var spans = new SpanRecorder();
        var gates = new Gates(inline);
        Shared.Value = "consumer's";
        var chunks = Start(Meddling(gates.PassAsync));

        for (var i = 0; i <= ItemCount; i++)
        {
            var pull = chunks.MoveNextAsync();
            AssertIsConsumers(spans.Root);
            gates.Open();
            AssertIsConsumers(spans.Root);
            Assert.Equal(i < ItemCount, await pull.BoundAsync());
            AssertIsConsumers(spans.Root);
        }

        await chunks.DisposeAsync();
        AssertIsConsumers(spans.Root);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DisposeAsync_AsynchronousFinallyBlock_ConsumersContextIsUntouched(bool inline)
    {
        using var spans = new SpanRecorder();
        var gates = new Gates(inline);
        Shared.Value = "consumer's";
        var chunks = Start(Meddling(gates.PassAsync));
        await gates.PullAsync(chunks);

        var disposal = chunks.DisposeAsync();
        AssertIsConsumers(spans.Root);
        gates.Open();
        AssertIsConsumers(spans.Root);
        await disposal.BoundAsync();

        AssertIsConsumers(spans.Root);
        Assert.Same(spans.Root, spans.Single.Parent);
    }

    [Fact]
    public async Task MoveNextAsync_SourceThrows_ConsumersContextIsUntouched()
    {
        using var spans = new SpanRecorder();
        Shared.Value = "consumer's";
        var chunks = Start(Streams.Failing(new InvalidOperationException(), 1));

        await chunks.MoveNextAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => chunks.MoveNextAsync().BoundAsync());

        AssertIsConsumers(spans.Root);
        await chunks.DisposeAsync();
        AssertIsConsumers(spans.Root);
    }

    [Fact]
    public async Task MoveNextAsync_ConsumersSpanIsStopped_ItStaysCurrentForTheConsumer()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        var request = spans.Root;
        var current = SpanRecorder.App.StartActivity("over")!.StopElsewhere();
        Assert.Same(current, Activity.Current);
        var chunks = Start(Meddling(gates.PassAsync));

        for (var i = 0; i < 2; i++)
        {
            var pull = chunks.MoveNextAsync();
            Assert.Same(current, Activity.Current);
            gates.Open();
            Assert.True(await pull.BoundAsync());
            Assert.Same(current, Activity.Current);
        }

        var disposal = chunks.DisposeAsync();
        Assert.Same(current, Activity.Current);
        gates.Open();
        await disposal.BoundAsync();
        Assert.Same(current, Activity.Current);
        Assert.Same(request, spans.Single.Parent);
    }

    [Fact]
    public async Task MoveNextAsync_ConsumersSpanIsStopped_SynchronousItemsLeaveItCurrent()
    {
        using var spans = new SpanRecorder();
        var current = SpanRecorder.App.StartActivity("over")!.StopElsewhere();
        var chunks = Start(Streams.Of(1));

        Assert.True(await chunks.MoveNextAsync());
        Assert.Same(current, Activity.Current);
        Assert.False(await chunks.MoveNextAsync());
        Assert.Same(current, Activity.Current);
        await chunks.DisposeAsync();

        Assert.Same(current, Activity.Current);
    }

    [Fact]
    public async Task MoveNextAsync_ConsumerHasNoSpan_ItStillHasNone()
    {
        using var spans = new SpanRecorder();
        Activity.Current = null;
        Activity? inSource = null;
        async IAsyncEnumerable<int> Source()
        {
            inSource = Activity.Current;
            await Task.CompletedTask;
            yield return 1;
        }

        var chunks = Start(Source());
        Assert.True(await chunks.MoveNextAsync());
        Assert.Null(Activity.Current);
        Assert.False(await chunks.MoveNextAsync());
        Assert.Null(Activity.Current);
        await chunks.DisposeAsync();

        Assert.Null(Activity.Current);
        Assert.Equal("none", inSource!.GetTagItem("llm_tracing.parent"));
    }

    [Fact]
    public void MoveNextAsync_FlowIsSuppressed_SpanIsCurrentInTheSourceAndUndoWorks()
    {
        using var spans = new SpanRecorder();
        var source = new ManualSource { OnMoveNext = static () => ValueTask.FromResult(true) };
        var chunks = Start(source);

        var flow = ExecutionContext.SuppressFlow();
        var first = chunks.MoveNextAsync();
        Assert.True(ExecutionContext.IsFlowSuppressed());
        flow.Undo();
        var second = chunks.MoveNextAsync();

        Assert.False(ExecutionContext.IsFlowSuppressed());
        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
        Assert.Equal(2, source.Currents.Count);
        Assert.All(source.Currents, current => Assert.Same(Assert.Single(spans.Started), current));
        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public async Task MoveNextAsync_FlowIsSuppressedAroundAnIteratorsFirstPull_ItsContextLastsAllTheSame()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        var seen = new List<Activity?>();
        async IAsyncEnumerable<int> Source()
        {
            await gates.PassAsync();
            yield return 1;
            seen.Add(Activity.Current);
            await gates.PassAsync();
            seen.Add(Activity.Current);
        }

        var chunks = Start(Source());
        var flow = ExecutionContext.SuppressFlow();
        var first = chunks.MoveNextAsync();
        flow.Undo();
        gates.Open();
        Assert.True(await first.BoundAsync());
        Assert.False(await gates.PullAsync(chunks));
        await chunks.DisposeAsync();

        Assert.Equal([spans.Single, spans.Single], seen);
    }

    [Fact]
    public void MoveNextAsync_LastItemWhileFlowIsSuppressed_SpanEndsAndUndoWorks()
    {
        using var spans = new SpanRecorder();
        var chunks = Start(new ManualSource());

        var flow = ExecutionContext.SuppressFlow();
        var pull = chunks.MoveNextAsync();
        flow.Undo();

        Assert.True(pull.IsCompletedSuccessfully);
        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public async Task MoveNextAsync_StreamsInterleaved_SpansAreSiblings()
    {
        using var spans = new SpanRecorder();
        const int Count = 5;
        var gates = Enumerable.Range(0, Count).Select(static _ => new Gates()).ToArray();
        var chunks = gates.Select(gate => Start(Meddling(gate.PassAsync))).ToArray();

        for (var round = 0; round <= ItemCount; round++)
        {
            var pulls = chunks.Select(static stream => stream.MoveNextAsync().AsTask()).ToArray();
            foreach (var gate in gates.Reverse())
            {
                gate.Open();
            }

            var got = await Task.WhenAll(pulls).BoundAsync();
            Assert.All(got, hasChunk => Assert.Equal(round < ItemCount, hasChunk));
        }

        Assert.Equal(Count, spans.Ended.Count);
        Assert.All(spans.Ended, span => Assert.Same(spans.Root, span.Parent));
        Assert.All(spans.Ended, span => Assert.Equal(spans.Root.SpanId, span.ParentSpanId));
    }

    private const int ItemCount = 3;

    /// <summary>An iterator that leaves marks in its context, and cleans none of them up.</summary>
    private static async IAsyncEnumerable<int> Meddling(Func<Task> waitAsync)
    {
        try
        {
            for (var i = 0; i < ItemCount; i++)
            {
                Shared.Value = $"source's {i}";
                SpanRecorder.App.StartActivity("left open");
                await waitAsync();
                Shared.Value += "!";
                yield return i;
            }
        }
        finally
        {
            Shared.Value = "source's, at its end";
            await waitAsync();
        }
    }

    private static void AssertIsConsumers(Activity span)
    {
        Assert.Same(span, Activity.Current);
        Assert.Equal("consumer's", Shared.Value);
    }

    private static IAsyncEnumerator<int> Start(IAsyncEnumerable<int> source) =>
        source.TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);
}
