using LlmTracing.Benchmarks.Micro.Requests;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Middleware;

/// <summary>What tracing allocates for a request on its own path: one span of a model, and one of HTTP beneath it.</summary>
[Collection(RunsAlone.Name)]
public sealed class RequestMemoryTests
{
    private const int Requests = 500;

    // As built for debugging, where each async method is an object more; benchmarks/RESULTS.md has what a release takes.
    [Theory]
    [InlineData(0, 2250)]
    [InlineData(1, 7700)]
    public async Task Request_OverOneThatIsNotTraced_AllocatesAtMost(double sampleRate, long most)
    {
        using var journal = new TempFolder();

        var traced = await AllocatedAsync(sampleRate, journal.Path);
        var bare = await AllocatedAsync(null, null);

        Assert.InRange(traced - bare, 0, most);
    }

    private static async Task<long> AllocatedAsync(double? sampleRate, string? journal)
    {
        await using var app = MeasuredApp.Start(sampleRate, journal);
        Run(app);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(app);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Requests;
    }

    private static void Run(MeasuredApp app)
    {
        for (var i = 0; i < Requests; i++)
        {
            // All of it on this thread, or there would be nothing to count.
            Assert.True(app.RequestAsync().IsCompletedSuccessfully);
        }
    }
}
