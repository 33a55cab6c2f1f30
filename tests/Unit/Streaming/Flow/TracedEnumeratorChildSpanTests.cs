using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>What an iterator sets in its own context lasts over its yields, and no longer than it should.</summary>
public sealed class TracedEnumeratorChildSpanTests
{
    private static readonly AsyncLocal<string?> Own = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MoveNextAsync_IteratorOpensChild_ChildStaysCurrentOverAsynchronousYields(bool inline)
    {
        using var spans = new SpanRecorder();
        var gates = new Gates(inline);
        Activity? child = null;
        var seen = new List<Activity?>();
        async IAsyncEnumerable<int> Source()
        {
            child = SpanRecorder.App.StartActivity("step");
            await gates.PassAsync();
            yield return 1;
            seen.Add(Activity.Current);
            await gates.PassAsync();
            yield return 2;
            seen.Add(Activity.Current);
            child!.Dispose();
            seen.Add(Activity.Current);
        }

        await using (var chunks = Start(Source()))
        {
            await gates.PullAsync(chunks);
            await gates.PullAsync(chunks);
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Same(spans.Single, child!.Parent);
        Assert.Equal([child, child, spans.Single], seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MoveNextAsync_IteratorSetsAsyncLocal_ValueLastsOverAsynchronousYields(bool inline)
    {
        using var spans = new SpanRecorder();
        var gates = new Gates(inline);
        var seen = new List<string?>();
        async IAsyncEnumerable<int> Source()
        {
            Own.Value = "first";
            await gates.PassAsync();
            yield return 1;
            seen.Add(Own.Value);
            Own.Value = "second";
            await gates.PassAsync();
            yield return 2;
            seen.Add(Own.Value);
        }

        await using (var chunks = Start(Source()))
        {
            await gates.PullAsync(chunks);
            Assert.Null(Own.Value);
            await gates.PullAsync(chunks);
            Assert.Null(Own.Value);
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Equal(["first", "second"], seen);
        Assert.Null(Own.Value);
    }

    [Fact]
    public async Task MoveNextAsync_ConsumersAsyncLocal_IsSeenByTheSource()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        var seen = new List<string?>();
        async IAsyncEnumerable<int> Source()
        {
            seen.Add(Own.Value);
            await gates.PassAsync();
            yield return 1;
            seen.Add(Own.Value);
        }

        Own.Value = "consumer's";
        await using (var chunks = Start(Source()))
        {
            await gates.PullAsync(chunks);
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Equal(["consumer's", "consumer's"], seen);
    }

    [Fact]
    public async Task MoveNextAsync_ChildClosedBeforeAsynchronousYield_SpanIsCurrentAfter()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        Activity? after = null;
        async IAsyncEnumerable<int> Source()
        {
            var child = SpanRecorder.App.StartActivity("step");
            await gates.PassAsync();
            yield return 1;
            child!.Dispose();
            await gates.PassAsync();
            yield return 2;
            after = Activity.Current;
        }

        await using (var chunks = Start(Source()))
        {
            await gates.PullAsync(chunks);
            await gates.PullAsync(chunks);
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Same(spans.Single, after);
    }

    [Fact]
    public async Task MoveNextAsync_CapturedChildClosedBeforeSynchronousYield_SpanIsCurrentAfter()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        Activity? after = null;
        async IAsyncEnumerable<int> Source()
        {
            var child = SpanRecorder.App.StartActivity("step");
            await gates.PassAsync();
            yield return 1;
            child!.Dispose();
            yield return 2;
            after = Activity.Current;
        }

        await using (var chunks = Start(Source()))
        {
            await gates.PullAsync(chunks);
            Assert.True(await chunks.MoveNextAsync().BoundAsync());
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Same(spans.Single, after);
    }

    [Fact]
    public async Task MoveNextAsync_CapturedGrandchildClosedBeforeSynchronousYield_NearestOpenAncestorIsCurrentAfter()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        Activity? child = null;
        var seen = new List<Activity?>();
        async IAsyncEnumerable<int> Source()
        {
            child = SpanRecorder.App.StartActivity("step");
            Own.Value = "kept";
            var grandchild = SpanRecorder.App.StartActivity("inner");
            await gates.PassAsync();
            yield return 1;
            grandchild!.Dispose();
            yield return 2;
            seen.Add(Activity.Current);
            Assert.Equal("kept", Own.Value);
            child!.Dispose();
            yield return 3;
            seen.Add(Activity.Current);
        }

        await using (var chunks = Start(Source()))
        {
            await gates.PullAsync(chunks);
            Assert.True(await chunks.MoveNextAsync().BoundAsync());
            Assert.True(await chunks.MoveNextAsync().BoundAsync());
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Equal([child, spans.Single], seen);
    }

    [Fact]
    public async Task MoveNextAsync_CapturedChildOfRemoteParentClosedBeforeSynchronousYield_SpanIsCurrentAfter()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        Activity? after = null;
        var remote = new ActivityContext(spans.Root.TraceId, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        async IAsyncEnumerable<int> Source()
        {
            // Made with a context and not under the current span, it has no Parent to look up.
            var child = SpanRecorder.App.StartActivity("step", ActivityKind.Internal, remote);
            await gates.PassAsync();
            yield return 1;
            child!.Dispose();
            yield return 2;
            after = Activity.Current;
        }

        await using (var chunks = Start(Source()))
        {
            await gates.PullAsync(chunks);
            Assert.True(await chunks.MoveNextAsync().BoundAsync());
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Same(spans.Single, after);
    }

    [Fact]
    public async Task MoveNextAsync_CapturedChildUnderAGivenParentClosedBeforeSynchronousYield_SpanBeforeItIsCurrentAfter()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        Activity? step = null;
        var seen = new List<Activity?>();
        async IAsyncEnumerable<int> Source()
        {
            step = SpanRecorder.App.StartActivity("step");
            var elsewhere = LlmTrace.StartTask("elsewhere", spans.Root);
            await gates.PassAsync();
            yield return 1;
            elsewhere.Dispose();
            yield return 2;
            seen.Add(Activity.Current);
            step!.Dispose();
            yield return 3;
            seen.Add(Activity.Current);
        }

        await using (var chunks = Start(Source()))
        {
            await gates.PullAsync(chunks);
            Assert.True(await chunks.MoveNextAsync().BoundAsync());
            Assert.True(await chunks.MoveNextAsync().BoundAsync());
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Equal([step, spans.Started[0]], seen);
    }

    [Fact]
    public async Task DisposeAsync_ChildStillOpen_FinallyBlockSeesTheChild()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        Activity? child = null, inFinally = null;
        async IAsyncEnumerable<int> Source()
        {
            using var step = child = SpanRecorder.App.StartActivity("step");
            try
            {
                await gates.PassAsync();
                yield return 1;
            }
            finally
            {
                inFinally = Activity.Current;
            }
        }

        var chunks = Start(Source());
        await gates.PullAsync(chunks);
        await chunks.DisposeAsync().BoundAsync();

        Assert.Same(child, inFinally);
        Assert.True(child!.IsStopped);
        Assert.True(child.Duration <= spans.Single.Duration);
    }

    private static IAsyncEnumerator<int> Start(IAsyncEnumerable<int> source) =>
        source.TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);
}
