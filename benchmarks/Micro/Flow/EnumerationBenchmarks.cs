using BenchmarkDotNet.Attributes;
using LlmTracing.Benchmarks.Micro.Readers;

namespace LlmTracing.Benchmarks.Micro.Flow;

/// <summary>What does a span that is current in the source cost for each item that is ready at once?</summary>
/// <remarks>Target: at most 15 ns and 0 bytes over bare enumeration, however many AsyncLocals the context has.</remarks>
public class EnumerationBenchmarks
{
    private const int Items = 10_000;

    private static readonly AsyncLocal<string>[] Locals = [.. Enumerable.Range(0, 20).Select(static _ => new AsyncLocal<string>())];
    private static readonly LlmCall Call = new("m");

    private IDisposable? _listener;

    [Params(0, 6, 20)]
    public int AsyncLocals { get; set; }

    private static RepeatedChunk<Unread<string>> Source => new(new Unread<string>("a"), new Unread<string>("b"), Items);

    // Nobody listens to the others.
    [GlobalSetup(Target = nameof(Traced))]
    public void SetUp() => _listener = SpanListener.Start();

    [GlobalCleanup(Target = nameof(Traced))]
    public void CleanUp() => _listener?.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Items)]
    public async Task<int> Bare()
    {
        SetLocals();
        return await CountAsync(Source);
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public async Task<int> Traced()
    {
        SetLocals();
        return await CountAsync(Source.TraceLlm(Call));
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public async Task<int> NobodyListens()
    {
        SetLocals();
        return await CountAsync(Source.TraceLlm(Call));
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<Unread<string>> items)
    {
        var length = 0;
        await foreach (var item in items)
        {
            length += item.Chunk.Length;
        }

        return length;
    }

    private void SetLocals()
    {
        for (var i = 0; i < AsyncLocals; i++)
        {
            Locals[i].Value = "set";
        }
    }
}
