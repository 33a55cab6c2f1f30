using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

public sealed class SseSessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SourceShape.Iterator)]
    [InlineData(SourceShape.IteratorWithoutToken)]
    [InlineData(SourceShape.Enumerator)]
    [InlineData(SourceShape.IgnoringEnumerator)]
    [InlineData(SourceShape.SseItems)]
    public async Task Run_SlowSource_EachFrameArrivesBeforeTheNextChunkIsThere(SourceShape shape)
    {
        var source = new ScriptedSource("a", "b", "c")
        {
            Gates = [new ScriptGate(0), new ScriptGate(1), new ScriptGate(2), new ScriptGate(3)],
        };
        await using var app = await StartAsync(() => source.ToResult(shape));
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");

        var head = await client.ReadHeadAsync(Cancellation);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        var frames = new List<string?>();
        foreach (var gate in source.Gates.SkipLast(1))
        {
            gate.Release();
            frames.Add(await client.ReadFrameAsync(Cancellation));
        }

        Assert.Equal((200, "text/event-stream"), (head.Status, head.Headers["Content-Type"]));
        Assert.Equal(["data: a", "data: b", "data: c"], frames);
        source.Gates[3].Release();
        Assert.StartsWith("event: done\n", await client.ReadFrameAsync(Cancellation), StringComparison.Ordinal);
        Assert.Null(await client.ReadFrameAsync(Cancellation));
    }

    [Fact]
    public async Task Run_SourceNeverWaits_DoesNotHoldBackMoreThanItMust()
    {
        var sent = 0;
        var gate = new ScriptGate(0);
        await using var app = await StartAsync(() => Results.TracedSse(FloodAsync()));
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");

        await client.ReadHeadAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);
        var frame = await client.ReadFrameAsync(Cancellation);
        gate.Release();

        Assert.Equal(1006, frame?.Length);

        // At most the limit of 16 KiB is written and not flushed when the source begins to block.
        async IAsyncEnumerable<string> FloodAsync()
        {
            for (; sent < 20; sent++)
            {
                yield return new string('x', 1000);
            }

            // Blocks the flow itself, so that only what was flushed before is out.
            gate.PassAsync(CancellationToken.None).WaitAsync(Deadline.Default).GetAwaiter().GetResult();
            await Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Run_MiddlewareThatBuffers_IsToldNotTo()
    {
        var isDisabled = false;
        await using var app = await TestApp.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                var spy = new BufferingSpy(context.Features.Get<IHttpResponseBodyFeature>()!);
                context.Features.Set<IHttpResponseBodyFeature>(spy);
                await next(context);
                isDisabled = spy.IsDisabled;
            });
            app.MapGet("/", static () => new ScriptedSource("a").ToResult(SourceShape.Iterator));
        });

        await app.GetAsync("/");
        await app.Sink.NextAsync();

        Assert.True(isDisabled);
    }

    [Fact]
    public async Task ToWire_CurrentSpan_IsTheRequestsAndNotTheStreams()
    {
        Activity? inToWire = null;
        Activity? inSource = null;
        await using var app = await StartAsync(() => Results.TracedSse<string, string>(
            ChunksAsync(),
            chunk =>
            {
                inToWire = Activity.Current;
                return new SseItem<string>(chunk);
            }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(transaction.Root.SpanId, inToWire?.SpanId);
        Assert.Equal(Assert.Single(transaction.Spans).SpanId, inSource?.SpanId);

        async IAsyncEnumerable<string> ChunksAsync()
        {
            await Task.Yield();
            yield return "a";
            inSource = Activity.Current;
            await Task.Yield();
            yield return "b";
        }
    }

    private static Task<TestApp> StartAsync(Func<IResult> answer) => TestApp.StartAsync(app => app.MapGet("/", answer));

    private sealed class BufferingSpy(IHttpResponseBodyFeature inner)
        : IHttpResponseBodyFeature
    {
        public bool IsDisabled { get; private set; }

        public Stream Stream => inner.Stream;

        public PipeWriter Writer => inner.Writer;

        public void DisableBuffering() => IsDisabled = true;

        public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

        public Task SendFileAsync(
            string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            inner.SendFileAsync(path, offset, count, cancellationToken);

        public Task CompleteAsync() => inner.CompleteAsync();
    }
}
