using System.Diagnostics.Metrics;
using LlmTracing.Streaming;
using LlmTracing.Streaming.Flow;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Accounts;

/// <summary>The instruments of the conventions, as a listener hears them, of streams that have no span.</summary>
[Collection(Exclusive.Name)]
public sealed class CallMetricsTests
{
    private const string Tags = "gen_ai.operation.name=chat,gen_ai.provider.name=openai,gen_ai.request.model=asked,"
        + "gen_ai.response.model=answers,server.address=api.example.com,server.port=443";

    private static readonly LlmCall Call = new("asked")
    {
        Provider = "openai",
        ServerAddress = "api.example.com",
        ServerPort = 443,
    };

    private static readonly double[] SecondsBuckets =
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    private static readonly long[] TokenBuckets =
        [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    [Fact]
    public void Instruments_OfAHost_AreThoseOfTheConventions()
    {
        using var meters = new MeterRecorder();

        var instruments = meters.Instruments.Where(static one => one.Name.StartsWith("gen_ai.", StringComparison.Ordinal));

        Assert.Equal(
            [
                "gen_ai.client.operation.duration s",
                "gen_ai.client.operation.time_per_output_chunk s",
                "gen_ai.client.operation.time_to_first_chunk s",
                "gen_ai.client.token.usage {token}",
            ],
            instruments.Select(static one => $"{one.Name} {one.Unit}").Order(StringComparer.Ordinal));
        Assert.All(
            instruments.OfType<Histogram<double>>(),
            static one => Assert.Equal(SecondsBuckets, one.Advice!.HistogramBucketBoundaries));
        var tokens = Assert.Single(instruments.OfType<Histogram<long>>());
        Assert.Equal(TokenBuckets, tokens.Advice!.HistogramBucketBoundaries);
    }

    [Fact]
    public async Task Stream_WithoutASpan_IsMeasuredAndItsConsumersTimeIsNoChunks()
    {
        using var meters = new MeterRecorder();
        var time = new SteppingTime();
        await using var chunks = Trace(meters, time, Source());

        while (await chunks.MoveNextAsync())
        {
            // A client that is slow to read.
            time.Step(8);
        }

        Assert.Equal(
            ["gen_ai.client.operation.time_to_first_chunk 0.5 " + Told("")],
            meters.Of("gen_ai.client.operation.time_to_first_chunk"));
        Assert.Equal(
            [
                "gen_ai.client.operation.time_per_output_chunk 0.25 " + Told(""),
                "gen_ai.client.operation.time_per_output_chunk 2 " + Told("-later"),
            ],
            meters.Of("gen_ai.client.operation.time_per_output_chunk"));
        Assert.Equal(
            [
                "gen_ai.client.token.usage 11 " + Told("-later", "gen_ai.token.type=input"),
                "gen_ai.client.token.usage 4 " + Told("-later", "gen_ai.token.type=output"),
            ],
            meters.Of("gen_ai.client.token.usage"));
        Assert.Equal(
            ["gen_ai.client.operation.duration 26.75 " + Told("-later")], meters.Of("gen_ai.client.operation.duration"));

        async IAsyncEnumerable<string> Source()
        {
            await Task.CompletedTask;
            time.Step(0.5);
            yield return """{"object":"chat.completion.chunk","model":"answers","choices":[]}""";
            time.Step(0.25);
            yield return """{"model":"answers-later","choices":[]}""";
            time.Step(2);
            yield return """{"model":"answers-later","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":4}}""";
        }
    }

    [Fact]
    public async Task Stream_Failing_SaysWithWhatAndCountsNoTokensThatNobodyTold()
    {
        using var meters = new MeterRecorder();
        await using var chunks = Trace(meters, new SteppingTime(), Streams.Failing<string>(new IOException("broken"), ["a"]));

        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (await chunks.MoveNextAsync())
            {
            }
        });

        var duration = Assert.Single(meters.Of("gen_ai.client.operation.duration"));
        Assert.Contains("error.type=System.IO.IOException,", duration, StringComparison.Ordinal);
        Assert.Empty(meters.Of("gen_ai.client.token.usage"));
    }

    [Fact]
    public async Task Stream_ConsumerBreaksOff_IsNoError()
    {
        using var meters = new MeterRecorder();
        var chunks = Trace(meters, new SteppingTime(), Streams.Of<string>(["a", "b"]));

        await chunks.MoveNextAsync();
        await chunks.DisposeAsync();

        var duration = Assert.Single(meters.Of("gen_ai.client.operation.duration"));
        Assert.DoesNotContain("error.type", duration, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gen_ai.client.operation.duration")]
    [InlineData("gen_ai.client.operation.time_to_first_chunk")]
    [InlineData("gen_ai.client.operation.time_per_output_chunk")]
    [InlineData("gen_ai.client.token.usage")]
    public async Task Stream_ListenerThrows_GoesOn(string instrument)
    {
        using var meters = new MeterRecorder(onMeasured: name =>
        {
            if (name == instrument)
            {
                throw new InvalidOperationException("listener");
            }
        });
        string[] sent = ["""{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}""", "{}", "{}"];
        await using var chunks = Trace(meters, new SteppingTime(), Streams.Of(sent));

        List<string> read = [];
        while (await chunks.MoveNextAsync())
        {
            read.Add(chunks.Current);
        }

        Assert.Equal(sent, read);
    }

    [Fact]
    public void Begin_NobodyListens_AllocatesNothing()
    {
        using var meters = new MeterRecorder(listens: false);
        Assert.Null(meters.Metrics.Calls.Begin(Call, TimeProvider.System));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            meters.Metrics.Calls.Begin(Call, TimeProvider.System);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task MoveNextAsync_NobodyListens_AllocatesAsTheBareSource()
    {
        var stream = Repeat();
        var traced = stream.TraceLlm(Call);
        await ReadAsync(stream);
        await ReadAsync(traced);

        var bare = await ReadAsync(stream);
        var withTrace = await ReadAsync(traced);

        Assert.Equal(bare, withTrace);
    }

    [Fact]
    public async Task MoveNextAsync_SomebodyListens_AllocatesNothingPerChunk()
    {
        using var meters = new MeterRecorder(listens: false);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == LlmTrace.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        await using var chunks = Trace(meters, TimeProvider.System, Repeat(20_000));
        await PullAsync(chunks, 5_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await PullAsync(chunks, 10_000);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    private static TracedEnumerator<string> Trace(MeterRecorder meters, TimeProvider time, IAsyncEnumerable<string> stream)
    {
        var trace = new StreamTrace(Call, SpanParent.FindAtCall(Call), CurrentRequest.Host with { Metrics = meters.Metrics }, time);
        return new TracedEnumerator<string>(stream, trace, TestContext.Current.CancellationToken);
    }

    private static string Told(string suffix, string? first = null)
    {
        var tags = Tags.Replace("=answers", $"=answers{suffix}", StringComparison.Ordinal);
        return first is null ? tags : tags.Replace(",server.address", $",{first},server.address", StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<string> Repeat(int chunks = 100)
    {
        await Task.CompletedTask;
        for (var i = 0; i < chunks; i++)
        {
            yield return "chunk";
        }
    }

    private static async Task PullAsync(TracedEnumerator<string> chunks, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await chunks.MoveNextAsync();
        }
    }

    private static async Task<long> ReadAsync(IAsyncEnumerable<string> stream)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        await foreach (var _ in stream)
        {
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
