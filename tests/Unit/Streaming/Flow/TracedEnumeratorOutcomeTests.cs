using System.Diagnostics;
using System.Runtime.CompilerServices;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>How a stream ends is on its span, and what the consumer caused is no error.</summary>
public sealed class TracedEnumeratorOutcomeTests
{
    [Fact]
    public async Task MoveNextAsync_LastChunk_OutcomeIsCompleted()
    {
        using var spans = new SpanRecorder();

        await Streams.Of(1, 2).TraceLlm().ReadAsync();

        AssertNoError(spans.Single, "completed");
    }

    [Fact]
    public async Task MoveNextAsync_LastChunk_SpanEndsBeforeTheDisposal()
    {
        using var spans = new SpanRecorder();
        await using var chunks = Streams.Of(1).TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await chunks.MoveNextAsync());
        Assert.Empty(spans.Ended);
        Assert.False(await chunks.MoveNextAsync());

        Assert.Single(spans.Ended);
    }

    [Fact]
    public async Task MoveNextAsync_SourceThrows_OutcomeIsUpstreamFailedWithTheException()
    {
        using var spans = new SpanRecorder();
        var failure = new HttpRequestException("refused", null, System.Net.HttpStatusCode.TooManyRequests);

        var thrown = await Assert.ThrowsAsync<HttpRequestException>(
            () => Streams.Failing(failure, 1).TraceLlm().ReadAsync());

        Assert.Same(failure, thrown);
        var span = spans.Single;
        AssertError(span, "upstream_failed", failure);
        Assert.Equal(429L, span.GetTagItem("llm_tracing.upstream.status_code"));
    }

    [Fact]
    public async Task MoveNextAsync_SourceThrowsAfterWaiting_OutcomeIsUpstreamFailedWithTheException()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();
        var failure = new InvalidOperationException("connection lost");
        async IAsyncEnumerable<int> Source()
        {
            await gates.PassAsync();
            yield return 1;
            await gates.PassAsync();
            throw failure;
        }

        await using (var chunks = Source().TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            await gates.PullAsync(chunks);
            await Assert.ThrowsAsync<InvalidOperationException>(() => gates.PullAsync(chunks));
        }

        AssertError(spans.Single, "upstream_failed", failure);
        Assert.Null(spans.Single.GetTagItem("llm_tracing.upstream.status_code"));
    }

    [Fact]
    public async Task MoveNextAsync_HttpClientTimesOut_OutcomeIsUpstreamTimedOut()
    {
        using var spans = new SpanRecorder();
        var failure = new TaskCanceledException("100 s are over", new TimeoutException());

        await Assert.ThrowsAsync<TaskCanceledException>(() => Streams.Failing(failure, 1).TraceLlm().ReadAsync());

        AssertError(spans.Single, "upstream_timed_out", failure);
    }

    [Fact]
    public async Task MoveNextAsync_SourceCancelsItself_OutcomeIsUpstreamFailed()
    {
        using var spans = new SpanRecorder();
        var failure = new OperationCanceledException();

        await Assert.ThrowsAsync<OperationCanceledException>(() => Streams.Failing(failure, 1).TraceLlm().ReadAsync());

        AssertError(spans.Single, "upstream_failed", failure);
    }

    [Fact]
    public async Task MoveNextAsync_SourceAnswersTheConsumersCancellationWithAnotherException_OutcomeIsAbandoned()
    {
        using var spans = new SpanRecorder();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        var failure = new IOException("The connection was closed.");
        await using (var chunks = Streams.Failing(failure, 1).TraceLlm().GetAsyncEnumerator(cancellation.Token))
        {
            await chunks.MoveNextAsync().BoundAsync();
            await Assert.ThrowsAsync<IOException>(() => chunks.MoveNextAsync().BoundAsync());
        }

        AssertNoError(spans.Single, "abandoned");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MoveNextAsync_LongSilenceThatEndsTheStream_IsTheLongestGap(bool fails)
    {
        using var spans = new SpanRecorder();
        var answers = new Queue<TaskCompletionSource<bool>>([new(), new()]);
        var source = new ManualSource { OnMoveNext = () => new ValueTask<bool>(answers.Peek().Task) };
        await using (var chunks = source.TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            var first = chunks.MoveNextAsync();
            answers.Dequeue().SetResult(true);
            await first.BoundAsync();
            var second = chunks.MoveNextAsync();
            if (fails)
            {
                answers.Peek().SetException(new TimeoutException());
                await Assert.ThrowsAsync<TimeoutException>(() => second.BoundAsync());
            }
            else
            {
                answers.Peek().SetResult(false);
                await second.BoundAsync();
            }
        }

        // One chunk, so no gap between two: what was waited is the silence before the end.
        var gap = Assert.IsType<double>(spans.Single.GetTagItem("llm_tracing.stream.longest_gap"));
        Assert.InRange(gap, double.Epsilon, spans.Single.Duration.TotalSeconds + 0.001);
    }

    [Fact]
    public async Task DisposeAsync_ConsumerBreaksOff_OutcomeIsAbandoned()
    {
        using var spans = new SpanRecorder();

        await foreach (var _ in Streams.Of(1, 2).TraceLlm())
        {
            break;
        }

        AssertNoError(spans.Single, "abandoned");
    }

    [Fact]
    public async Task DisposeAsync_ConsumersBodyThrows_OutcomeIsAbandoned()
    {
        using var spans = new SpanRecorder();

        await Assert.ThrowsAsync<FormatException>(static async () =>
        {
            await foreach (var _ in Streams.Of(1, 2).TraceLlm())
            {
                throw new FormatException();
            }
        });

        AssertNoError(spans.Single, "abandoned");
    }

    [Fact]
    public async Task MoveNextAsync_ConsumerCancels_OutcomeIsAbandoned()
    {
        using var spans = new SpanRecorder();
        using var cancellation = new CancellationTokenSource();
        await using (var chunks = Endless(TestContext.Current.CancellationToken).TraceLlm().GetAsyncEnumerator(cancellation.Token))
        {
            await chunks.MoveNextAsync().BoundAsync();
            var pull = chunks.MoveNextAsync();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull.BoundAsync());
        }

        AssertNoError(spans.Single, "abandoned");
    }

    [Fact]
    public async Task MoveNextAsync_ConsumerHasCancelledBefore_OutcomeIsAbandoned()
    {
        using var spans = new SpanRecorder();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Endless(TestContext.Current.CancellationToken).TraceLlm().WithCancellation(cancellation.Token))
            {
            }
        });

        AssertNoError(spans.Single, "abandoned");
    }

    private static async IAsyncEnumerable<int> Endless([EnumeratorCancellation] CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        yield return 1;
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    }

    private static void AssertNoError(Activity span, string outcome)
    {
        Assert.Equal(outcome, span.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Null(span.GetTagItem("error.type"));
        Assert.Empty(span.Events);
    }

    private static void AssertError(Activity span, string outcome, Exception failure)
    {
        Assert.Equal(outcome, span.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(failure.Message, span.StatusDescription);
        Assert.Equal(failure.GetType().FullName, span.GetTagItem("error.type"));
        var exception = Assert.Single(span.Events);
        Assert.Equal("exception", exception.Name);
        var tags = exception.Tags.ToDictionary();
        Assert.Equal(failure.GetType().FullName, tags["exception.type"]);
        Assert.Equal(failure.Message, tags["exception.message"]);
    }
}
