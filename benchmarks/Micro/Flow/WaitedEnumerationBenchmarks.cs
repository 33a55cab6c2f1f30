using BenchmarkDotNet.Attributes;

namespace LlmTracing.Benchmarks.Micro.Flow;

/// <summary>What does the current span cost for each item that must be waited for, as every chunk of a model must?</summary>
public class WaitedEnumerationBenchmarks
{
    private const int Items = 1_000;

    private static readonly AsyncLocal<string>[] Locals = [.. Enumerable.Range(0, 20).Select(static _ => new AsyncLocal<string>())];
    private static readonly LlmCall Call = new("m");

    private IDisposable? _listener;

    [Params(0, 6, 20)]
    public int AsyncLocals { get; set; }

    [GlobalSetup]
    public void SetUp() => _listener = SpanListener.Start();

    [GlobalCleanup]
    public void CleanUp() => _listener?.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Items)]
    public Task<int> Bare() => CountAsync(Source());

    [Benchmark(OperationsPerInvoke = Items)]
    public Task<int> Traced() => CountAsync(Source().TraceLlm(Call));

    private static async IAsyncEnumerable<string> Source()
    {
        for (var i = 0; i < Items; i++)
        {
            await Task.Yield();
            yield return "token";
        }
    }

    private async Task<int> CountAsync(IAsyncEnumerable<string> items)
    {
        for (var i = 0; i < AsyncLocals; i++)
        {
            Locals[i].Value = "set";
        }

        var length = 0;
        await foreach (var item in items)
        {
            length += item.Length;
        }

        return length;
    }
}
