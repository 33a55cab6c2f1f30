using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

public sealed class TracedStreamTests
{
    [Fact]
    public void GetAsyncEnumerator_NeverPulled_OpensNoSpan()
    {
        using var spans = new SpanRecorder();
        var source = new ManualSource { OnGetEnumerator = () => Assert.Fail("The source was asked.") };

        _ = source.TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.Empty(spans.Started);
    }

    [Fact]
    public void TraceLlm_NeverEnumerated_OpensNoSpan()
    {
        using var spans = new SpanRecorder();

        _ = Streams.Of(1).TraceLlm();

        Assert.Empty(spans.Started);
    }

    [Fact]
    public void TraceLlm_NullStream_Throws() =>
        Assert.Throws<ArgumentNullException>("stream", static () => ((IAsyncEnumerable<int>)null!).TraceLlm());

    [Fact]
    public async Task GetAsyncEnumerator_Twice_GivesTwoSpans()
    {
        using var spans = new SpanRecorder();
        var stream = Streams.Of(1, 2, 3).TraceLlm(new LlmCall("gpt-4o-mini"));

        Assert.Equal([1, 2, 3], await stream.ReadAsync());
        Assert.Equal([1, 2, 3], await stream.ReadAsync());

        Assert.Equal(2, spans.Ended.Distinct().Count());
        Assert.All(spans.Ended, span => Assert.Same(spans.Root, span.Parent));
        Assert.All(spans.Ended, static span => Assert.Equal(3L, span.GetTagItem("llm_tracing.stream.chunks")));
    }
}

/// <summary>A stream that nobody observes, or that is not sampled.</summary>
[Collection(Exclusive.Name)]
public sealed class TracedStreamUnobservedTests
{
    [Fact]
    public void GetAsyncEnumerator_NoListener_IsTheSourcesOwn()
    {
        var source = new ManualSource();

        Assert.False(LlmTrace.Source.HasListeners());
        Assert.Same(source, source.TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task MoveNextAsync_ListenerSamplesNothing_StreamRunsInTheConsumersContext()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        using var current = new Activity("consumer's").Start();
        var left = 2;
        var source = new ManualSource { OnMoveNext = () => ValueTask.FromResult(left-- > 0) };

        Assert.Equal(2, (await source.TraceLlm().ReadAsync()).Count);

        Assert.Equal([current, current, current], source.Currents);
        Assert.Equal(1, source.Disposals);
        Assert.Same(current, Activity.Current);
    }

    [Fact]
    public async Task MoveNextAsync_OnlyPropagationIsSampled_SpanIsCurrentAndHasNoAttributes()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);
        Activity? span = null;
        async IAsyncEnumerable<int> Source()
        {
            span = Activity.Current;
            await Task.CompletedTask;
            yield return 1;
            throw new FormatException();
        }

        await Assert.ThrowsAsync<FormatException>(() => Source().TraceLlm(new LlmCall("m")).ReadAsync());

        Assert.NotNull(span);
        Assert.True(span.IsStopped);
        Assert.Empty(span.TagObjects);
        Assert.Empty(span.Events);
    }
}
