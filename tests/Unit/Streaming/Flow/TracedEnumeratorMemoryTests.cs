using System.Runtime.CompilerServices;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>Tracing costs no memory per item, and keeps nothing after the end.</summary>
[Collection(Exclusive.Name)]
public sealed class TracedEnumeratorMemoryTests
{
    private static readonly AsyncLocal<object?> Local = new();

    [Fact]
    public async Task MoveNextAsync_SynchronousItems_AllocatesNothingPerItem()
    {
        using var spans = new SpanRecorder();
        const int Items = 100_000, WarmUp = 10_000;
        await using var chunks = Endless("chunk").TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await DrainAsync(chunks, WarmUp);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await DrainAsync(chunks, Items);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Less than a byte for each: what the measurement itself allocates does not grow with them.
        Assert.Equal(0, allocated / Items);
        Assert.InRange(allocated, 0, 4096);
    }

    [Fact]
    public async Task MoveNextAsync_AsynchronousItems_AllocatesNoMoreThanTheBareSource()
    {
        using var spans = new SpanRecorder();
        const int Items = 10_000;
        var (bareSignal, tracedSignal) = (new ReusableSignal(), new ReusableSignal());
        await using var bare = Waiting(bareSignal).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await using var traced = Waiting(tracedSignal).TraceLlm().GetAsyncEnumerator(
            TestContext.Current.CancellationToken);

        var withoutTrace = AllocatedBy(bare, bareSignal, Items);
        var withTrace = AllocatedBy(traced, tracedSignal, Items);

        Assert.Equal(0, (withTrace - withoutTrace) / Items);
        Assert.InRange(withTrace - withoutTrace, -4096, 4096);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DisposeAsync_IteratorSetAnAsyncLocal_ItsValueIsNotKept(bool toTheEnd)
    {
        using var spans = new SpanRecorder();
        var (chunks, value) = await RunAsync(toTheEnd);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(value.IsAlive);
        GC.KeepAlive(chunks);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(IAsyncEnumerator<int> Chunks, WeakReference Value)> RunAsync(bool toTheEnd)
    {
        var gates = new Gates(inline: true);
        var value = new WeakReference(null);
        async IAsyncEnumerable<int> Source()
        {
            SetLocal(value);
            await gates.PassAsync();
            yield return 1;
            await gates.PassAsync();
            yield return 2;
        }

        var chunks = Source().TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await gates.PullAsync(chunks));
        GC.Collect();
        Assert.True(value.IsAlive);
        if (toTheEnd)
        {
            Assert.True(await gates.PullAsync(chunks));
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        await chunks.DisposeAsync().BoundAsync();
        return (chunks, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SetLocal(WeakReference reference)
    {
        Local.Value = new object();
        reference.Target = Local.Value;
    }

    private static async ValueTask DrainAsync(IAsyncEnumerator<string> chunks, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!await chunks.MoveNextAsync())
            {
                break;
            }
        }
    }

    /// <summary>Pulls on one thread: the signal's callbacks run where it is set.</summary>
    private static long AllocatedBy(IAsyncEnumerator<int> chunks, ReusableSignal signal, int count)
    {
        Pull(chunks, signal, count);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pull(chunks, signal, count);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Pull(IAsyncEnumerator<int> chunks, ReusableSignal signal, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var pull = chunks.MoveNextAsync();
            var wasPending = !pull.IsCompleted;
            signal.Set();
            if (!wasPending || !pull.IsCompleted || !pull.GetAwaiter().GetResult())
            {
                Assert.Fail("The source did not wait for its signal.");
            }
        }
    }

    private static async IAsyncEnumerable<T> Endless<T>(T chunk)
    {
        await Task.CompletedTask;
        while (true)
        {
            yield return chunk;
        }
    }

    private static async IAsyncEnumerable<int> Waiting(ReusableSignal signal)
    {
        for (var i = 0; ; i++)
        {
            await signal;
            yield return i;
        }
    }

    /// <summary>Can be awaited again and again without allocating.</summary>
    private sealed class ReusableSignal : ICriticalNotifyCompletion
    {
        private Action? _continuation;

        public bool IsCompleted => false;

        public ReusableSignal GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => _continuation = continuation;

        public void UnsafeOnCompleted(Action continuation) => _continuation = continuation;

        public void Set() => Interlocked.Exchange(ref _continuation, null)!.Invoke();
    }
}
