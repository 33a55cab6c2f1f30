using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Backends;

/// <summary>One table of expectations, for every backend: the main job, every ending, the five stories.</summary>
public abstract class BackendTests
{
    public static TheoryData<BackendCase> Cases => [.. BackendCases.All];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Request_AsInTheTable_ArrivesAsOneTransaction(BackendCase played)
    {
        await using var ingest = await SentryIngest.StartAsync();
        Prepare(ingest);

        var transaction = await played.PlayAsync(BackendOf(ingest.Dsn), ingest);

        // Whole, where they differ: where in the tree is what one wants to know.
        var tree = TreeText.Of(transaction);
        Assert.True(played.Expected == tree, $"Expected:\n{played.Expected}\nbut was:\n{tree}");
        ingest.AssertNoMore();
        if (played.IsError)
        {
            var trace = (await ingest.NextErrorAsync()).At("contexts").At("trace");
            Assert.Equal(
                (transaction.TraceId, transaction.Single("gen_ai.chat").SpanId),
                (trace.At("trace_id").AsText(), trace.At("span_id").AsText()));
        }

        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Stop_ManyHaveJustEnded_AllArrive()
    {
        const int requests = 25;
        await using var ingest = await SentryIngest.StartAsync();
        Prepare(ingest);
        await using var app = await BackendCases.StartAsync(BackendOf(ingest.Dsn), static () => { });

        await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => app.GetAsync("/")));
        await app.StopAsync();

        Assert.Equal(requests, (await ingest.TakeAsync(requests)).Select(static one => one.TraceId).Distinct().Count());
    }

    protected abstract IBackend BackendOf(string dsn);

    private protected virtual void Prepare(SentryIngest ingest)
    {
    }
}
