using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;

namespace LlmTracing.Tests.Integration.Streaming;

public sealed class CurrentRequestTests
{
    private const int Requests = 500;
    private const int Flows = 4;

    // With the properties of HttpContext itself one throws within the first hundred or two.
    [Fact]
    public async Task TraceLlm_StreamsStartedByFourThreadsAtOnce_NoneThrows()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static async () =>
        {
            using var barrier = new Barrier(Flows);
            var reads = Enumerable.Range(0, Flows).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    barrier.SignalAndWait(Deadline.Default);
                    return AsyncEnumerable.Range(0, 1).TraceLlm().CountAsync().AsTask();
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap());
            return (await Task.WhenAll(reads)).Sum();
        }));

        for (var i = 0; i < Requests; i++)
        {
            Assert.Equal($"{Flows}", await app.GetAsync("/"));
        }
    }
}
