using System.Globalization;
using System.Threading.Channels;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;

namespace LlmTracing.Tests.Integration.Streaming;

/// <summary>Five calls at once are five siblings, each with the HTTP call that it makes.</summary>
public sealed class ParallelCallsTests
{
    private static readonly int[] Calls = [0, 1, 2, 3, 4];

    [Fact]
    public Task TaskWhenAll_FiveStreams_AreSiblings() => AssertSiblingsAsync(
        static ask => Task.WhenAll(Calls.Select(async call => await ask(call).CountAsync())));

    [Fact]
    public Task ParallelForEachAsync_FiveStreams_AreSiblings() => AssertSiblingsAsync(
        static ask => Parallel.ForEachAsync(Calls, async (call, token) => await ask(call).CountAsync(token)));

    [Fact]
    public Task Iterators_FivePulledInTurn_AreSiblings() => AssertSiblingsAsync(static async ask =>
    {
        var streams = Calls.Select(call => ask(call).GetAsyncEnumerator()).ToList();
        while (streams.Count > 0)
        {
            foreach (var stream in streams.ToArray())
            {
                if (!await stream.MoveNextAsync())
                {
                    streams.Remove(stream);
                    await stream.DisposeAsync();
                }
            }
        }
    });

    [Fact]
    public Task MergedStream_OfFive_AreSiblings() => AssertSiblingsAsync(
        static async ask => Assert.Equal(2 * Calls.Length, await MergeAsync(Calls.Select(ask)).CountAsync()));

    private static async Task AssertSiblingsAsync(Func<Func<int, IAsyncEnumerable<string>>, Task> read)
    {
        await using var provider = await LoopbackServer.StartAsync(static (_, _) => Task.CompletedTask);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{provider.Port}") };
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async () =>
        {
            using var agent = LlmTrace.StartAgent("planner");
            await read(call => AskAsync(http, call).TraceLlm(new LlmCall($"{call}")));
        }));

        await app.GetAsync("/");
        var spans = (await app.Sink.NextAsync()).Spans;
        var agent = Assert.Single(spans, static span => span.Name == "invoke_agent planner");

        Assert.Equal(1 + (2 * Calls.Length), spans.Count);
        foreach (var call in Calls)
        {
            var stream = Assert.Single(spans, span => span.Name == $"chat {call}");
            Assert.Equal(agent.SpanId, stream.ParentSpanId);
            var request = Assert.Single(spans, span => span.ParentSpanId == stream.SpanId);
            Assert.EndsWith($"/{call}", (string?)request["url.full"], StringComparison.Ordinal);
        }
    }

    private static async IAsyncEnumerable<string> AskAsync(HttpClient http, int call)
    {
        yield return "asked";
        using var response = await http.GetAsync(new Uri(call.ToString(CultureInfo.InvariantCulture), UriKind.Relative));
        yield return "answered";
    }

    private static async IAsyncEnumerable<string> MergeAsync(IEnumerable<IAsyncEnumerable<string>> streams)
    {
        var chunks = Channel.CreateUnbounded<string>();
        var reads = Task.WhenAll(streams.Select(async stream =>
        {
            await foreach (var chunk in stream)
            {
                await chunks.Writer.WriteAsync(chunk);
            }
        }));
        var completion = reads.ContinueWith(all => chunks.Writer.Complete(all.Exception), TaskScheduler.Default);
        await foreach (var chunk in chunks.Reader.ReadAllAsync())
        {
            yield return chunk;
        }

        await completion;
    }
}
