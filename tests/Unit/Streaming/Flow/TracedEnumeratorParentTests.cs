using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>Which span a stream's span belongs under, and that it says how it was found.</summary>
public sealed class TracedEnumeratorParentTests
{
    [Fact]
    public async Task MoveNextAsync_SpanIsCurrent_ItIsTheParent()
    {
        using var spans = new SpanRecorder();

        await Streams.Of(1).TraceLlm().ReadAsync();

        Assert.Same(spans.Root, spans.Single.Parent);
        Assert.Equal("ambient", spans.Single.GetTagItem("llm_tracing.parent"));
    }

    [Fact]
    public async Task MoveNextAsync_SpanCurrentAtTheFirstPull_CountsAndNotTheOneAtTheCreation()
    {
        using var spans = new SpanRecorder();
        IAsyncEnumerator<int> chunks;
        using (SpanRecorder.App.StartActivity("setup"))
        {
            chunks = Streams.Of(1).TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        }

        using (var step = SpanRecorder.App.StartActivity("step"))
        {
            Assert.True(await chunks.MoveNextAsync());
            Assert.Same(step, Assert.Single(spans.Started).Parent);
        }

        await chunks.DisposeAsync();
    }

    [Fact]
    public async Task MoveNextAsync_CurrentSpanIsStopped_NearestOpenAncestorIsTheParent()
    {
        using var spans = new SpanRecorder();
        var over = SpanRecorder.App.StartActivity("over")!.StopElsewhere();
        Assert.Same(over, Activity.Current);

        await Streams.Of(1).TraceLlm().ReadAsync();

        Assert.Same(spans.Root, spans.Single.Parent);
        Assert.Equal("ambient", spans.Single.GetTagItem("llm_tracing.parent"));
    }

    [Fact]
    public async Task MoveNextAsync_WholeTraceIsOver_SpanIsARootOfTheSameTrace()
    {
        using var spans = new SpanRecorder();
        spans.Root.StopElsewhere();
        Assert.Same(spans.Root, Activity.Current);

        await Streams.Of(1).TraceLlm().ReadAsync();

        Assert.Null(spans.Single.Parent);
        Assert.Equal(spans.Root.TraceId, spans.Single.TraceId);
        Assert.Equal("none", spans.Single.GetTagItem("llm_tracing.parent"));
    }

    [Fact]
    public async Task MoveNextAsync_NoSpanAnywhere_SpanIsTheRootOfATraceOfItsOwn()
    {
        using var spans = new SpanRecorder();
        Activity.Current = null;
        Activity? span = null;
        async IAsyncEnumerable<int> Source()
        {
            span = Activity.Current;
            await Task.CompletedTask;
            yield return 1;
        }

        await Source().TraceLlm().ReadAsync();

        Assert.NotNull(span);
        Assert.Null(span.ParentId);
        Assert.NotEqual(spans.Root.TraceId, span.TraceId);
        Assert.Equal("none", span.GetTagItem("llm_tracing.parent"));
    }

    [Fact]
    public async Task MoveNextAsync_ExplicitParent_WinsOverTheCurrentSpan()
    {
        using var spans = new SpanRecorder();
        using var given = SpanRecorder.App.StartActivity("given")!;
        using var current = SpanRecorder.App.StartActivity("current");

        await Streams.Of(1).TraceLlm(new LlmCall { Parent = given }).ReadAsync();

        Assert.Same(given, spans.Single.Parent);
        Assert.Equal(given.SpanId, spans.Single.ParentSpanId);
        Assert.Equal("explicit", spans.Single.GetTagItem("llm_tracing.parent"));
        Assert.Same(current, Activity.Current);
    }

    [Fact]
    public async Task MoveNextAsync_ExplicitParentFromOutsideItsFlow_IsTheParent()
    {
        using var spans = new SpanRecorder();
        Activity.Current = null;

        await Streams.Of(1).TraceLlm(new LlmCall { Parent = spans.Root }).ReadAsync();

        Assert.Same(spans.Root, spans.Single.Parent);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task MoveNextAsync_ExplicitParentIsStopped_SpanIsARootOfTheSameTrace()
    {
        using var spans = new SpanRecorder();
        var given = SpanRecorder.App.StartActivity("given")!;
        given.Dispose();

        await Streams.Of(1).TraceLlm(new LlmCall { Parent = given }).ReadAsync();

        Assert.Null(spans.Single.Parent);
        Assert.Equal(given.TraceId, spans.Single.TraceId);
        Assert.Equal(given.SpanId, spans.Single.ParentSpanId);
        Assert.Equal("explicit", spans.Single.GetTagItem("llm_tracing.parent"));
        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public async Task MoveNextAsync_NoSpanIsCurrentInARequest_ItsTransactionIsTheParent()
    {
        using var spans = new SpanRecorder();
        var context = new DefaultHttpContext();
        context.Features.Set<ILlmTraceFeature>(new RequestFeature(spans.Root));
        _ = new HttpContextAccessor { HttpContext = context };
        Activity.Current = null;

        await Streams.Of(1).TraceLlm().ReadAsync();

        Assert.Same(spans.Root, spans.Single.Parent);
        Assert.Equal("request", spans.Single.GetTagItem("llm_tracing.parent"));
    }

    [Fact]
    public async Task MoveNextAsync_SpanIsCurrentInARequest_ItWinsOverTheTransaction()
    {
        using var spans = new SpanRecorder();
        var context = new DefaultHttpContext();
        context.Features.Set<ILlmTraceFeature>(new RequestFeature(spans.Root));
        _ = new HttpContextAccessor { HttpContext = context };
        using var step = SpanRecorder.App.StartActivity("step");

        await Streams.Of(1).TraceLlm().ReadAsync();

        Assert.Same(step, spans.Single.Parent);
        Assert.Equal("ambient", spans.Single.GetTagItem("llm_tracing.parent"));
    }

    [Fact]
    public async Task MoveNextAsync_TracedStreamOfTracedStream_InnerSpanIsUnderTheOuter()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        Activity? current = null;
        async IAsyncEnumerable<int> Source()
        {
            await gates.PassAsync();
            yield return 1;
            current = Activity.Current;
        }

        var stream = Source().TraceLlm(new LlmCall("inner")).TraceLlm(new LlmCall("outer"));
        await using (var chunks = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            await gates.PullAsync(chunks);
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Equal(["chat outer", "chat inner"], spans.Started.Select(static span => span.DisplayName));
        Assert.Equal(["chat inner", "chat outer"], spans.Ended.Select(static span => span.DisplayName));
        Assert.Same(spans.Started[0], spans.Started[1].Parent);
        Assert.Same(spans.Started[1], current);
    }

    private sealed class RequestFeature(Activity transaction) : ILlmTraceFeature
    {
        public Activity? Transaction => transaction;

        public LlmUsage Totals => default;

        public int LlmCalls => 0;
    }
}
