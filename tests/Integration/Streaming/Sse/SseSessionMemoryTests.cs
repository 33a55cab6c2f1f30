using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

/// <summary>What a chunk costs in memory between its source and the response, counted for the whole process.</summary>
[Collection(RunsAlone.Name)]
public sealed class SseSessionMemoryTests
{
    private const int Few = 1_000;
    private const int Many = 21_000;

    // Less than one object a chunk, of which the smallest has 24 bytes: what the test host itself does meanwhile is in it; and
    // where a chunk comes just while it begins to be waited for, the platform queues an object for some of them.
    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 24)]
    public Task Run_TextThatIsReadyOrWaitedFor_AllocatesNothingAChunk(bool isWaitedFor, double most) =>
        AssertAllocatesAsync(most, chunks => Results.TracedSse(StreamAsync(chunks, isWaitedFor, "token")));

    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 24)]
    public Task Run_JsonThatIsReadyOrWaitedFor_AllocatesNothingAChunk(bool isWaitedFor, double most) =>
        AssertAllocatesAsync(most, chunks => Results.TracedSse(StreamAsync(chunks, isWaitedFor, new Piece("token", 1))));

    private static async Task AssertAllocatesAsync(double most, Func<int, IResult> stream)
    {
        var services = new ServiceCollection().BuildServiceProvider();
        await RunAsync(services, stream(Many));

        var few = await RunAsync(services, stream(Few));
        var many = await RunAsync(services, stream(Many));

        var bytes = (many - few) / (double)(Many - Few);
        Assert.True(bytes < most, $"{bytes} bytes a chunk.");
    }

    private static async Task<long> RunAsync(IServiceProvider services, IResult result)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Task.Run(() => result.ExecuteAsync(context));
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static async IAsyncEnumerable<T> StreamAsync<T>(int chunks, bool isWaitedFor, T chunk)
    {
        for (var i = 0; i < chunks; i++)
        {
            if (isWaitedFor)
            {
                await Task.Yield();
            }

            yield return chunk;
        }
    }

    private sealed record Piece(string Text, int Number);
}
