using System.Net;
using System.Runtime.CompilerServices;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>A reader that takes next to nothing, beside others. They run alone, for they measure the process.</summary>
[Collection(RunsAlone.Name)]
public sealed class SlowReaderTests(ITestOutputHelper output)
{
    private const int FastReaders = 100;
    private const int FastChunks = 50;
    private const int MostGrowth = 1024 * 1024;

    // Longer than it takes to see that it is blocked, and the others through.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(5);

    private static readonly string Chunk = new('x', 16 * 1024);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _pulls;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_OneReaderIsSlow_HoldsUpNoOtherAndIsCutOff(bool isHttp2)
    {
        await using var app = await StartAsync(isHttp2);

        // On HTTP/2 one connection for all of them: a reader must not hold up those it shares its connection with.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
        {
            BaseAddress = app.BaseUrl,
            DefaultRequestVersion = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await ReadFastAsync(client);
        await app.Sink.TakeAsync(FastReaders);

        var before = await MeasureQuietAsync(client);
        Assert.Equal("GET /quiet", (await app.Sink.NextAsync()).Root.Name);
        await using var slow = await SlowReader.OpenAsync(client, "/slow");
        var pulls = await WhenBlockedAsync(slow);
        var growth = LiveMemory.Measure() - before;
        await ReadFastAsync(client);
        var fast = await app.Sink.TakeAsync(FastReaders);
        var pullsAfterwards = Volatile.Read(ref _pulls);

        output.WriteLine($"HTTP/{(isHttp2 ? 2 : 1)}: {growth / 1024} KiB more while blocked, after {pulls} chunks of 16 KiB");
        Assert.All(fast, static one => Assert.Equal(StreamOutcome.Completed, one.Outcome));
        Assert.Equal(pulls, pullsAfterwards);
        Assert.InRange(growth, long.MinValue, MostGrowth);

        var cut = await app.Sink.NextAsync();
        await _ended.Task.BoundAsync("end of the provider's answer");
        Assert.Equal("GET /slow", cut.Root.Name);
        Assert.Equal(StreamOutcome.WriteTimedOut, cut.Outcome);
        var span = Assert.Single(cut.Spans);
        Assert.Equal(StreamOutcome.WriteTimedOut, span.Outcome);
        Assert.InRange(cut.Root.End - cut.Root.Start, WriteTimeout, TimeSpan.MaxValue);
        Assert.Single(app.Logs.Of("ClientDidNotRead"));
        Assert.Empty(app.Logs.Errors);
    }

    private Task<TestApp> StartAsync(bool isHttp2) => TestApp.StartAsync(new TestAppSetup
    {
        Protocols = isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1,
        Options = static options => options.Sse.WriteTimeout = WriteTimeout,
        Inside = app =>
        {
            app.MapGet("/slow", () => Results.TracedSse(EndlessAsync()));
            app.MapGet("/quiet", static () => Results.TracedSse(QuietAsync()));
            app.MapGet("/fast", static () => Results.TracedSse(FastAsync()));
        },
    });

    // Beside a stream that is open too, and after as long: the server gives back what it no longer needs in time.
    private static async Task<long> MeasureQuietAsync(HttpClient client)
    {
        await using var quiet = await SlowReader.OpenAsync(client, "/quiet");
        await quiet.NextByteAsync();
        await quiet.NextByteAsync();
        return LiveMemory.Measure();
    }

    // Between two bytes of its reader the server has asked the provider for nothing.
    private async Task<long> WhenBlockedAsync(SlowReader reader)
    {
        long before;
        do
        {
            before = Volatile.Read(ref _pulls);
            await reader.NextByteAsync();
        }
        while (before == 0 || before != Volatile.Read(ref _pulls));

        return before;
    }

    private static async Task ReadFastAsync(HttpClient client)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, FastReaders).Select(async _ =>
        {
            using var response = await client.GetAsync("/fast", HttpCompletionOption.ResponseHeadersRead);
            return await SseFrames.ReadAllAsync(response);
        }));
        Assert.All(answers, static frames => Assert.Equal(FastChunks + 1, frames.Count));
    }

    private async IAsyncEnumerable<string> EndlessAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        try
        {
            while (!token.IsCancellationRequested)
            {
                await Task.Yield();
                Interlocked.Increment(ref _pulls);
                yield return Chunk;
            }
        }
        finally
        {
            Assert.True(token.IsCancellationRequested);
            _ended.TrySetResult();
        }
    }

    private static async IAsyncEnumerable<string> QuietAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        yield return "some words";
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    }

    private static async IAsyncEnumerable<string> FastAsync()
    {
        for (var i = 0; i < FastChunks; i++)
        {
            await Task.Yield();
            yield return "some words";
        }
    }
}
