using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using LlmTracing.Streaming.Proxy;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Benchmarks.Micro.Readers;

/// <summary>What does reading a chunk cost over passing it on, where it tells nothing but text?</summary>
/// <remarks>Target: 0 bytes, and less than 100 ns, in each dialect and form.</remarks>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
[CategoriesColumn]
public class ChunkReadingBenchmarks
{
    private const int Chunks = 10_000;
    private readonly byte[] _written = new byte[16 * 1024];
    private (string First, string Next) _chunks;
    private LlmCall _call = new();

    // What nobody listens to is not read.
    private IDisposable? _listener;

    [ParamsAllValues]
    public LlmDialect Dialect { get; set; }

    [GlobalSetup]
    public void SetUp() => (_listener, _chunks, _call) = (SpanListener.Start(), DialectChunks.Of(Dialect), new LlmCall("asked") { Dialect = Dialect });

    [GlobalCleanup]
    public void CleanUp() => _listener?.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Chunks)]
    [BenchmarkCategory("string")]
    public async Task<int> StringPassedOn()
    {
        var stream = new RepeatedChunk<Unread<string>>(new Unread<string>(_chunks.First), new Unread<string>(_chunks.Next), Chunks);
        var length = 0;
        await foreach (var chunk in stream.TraceLlm(_call))
        {
            length += chunk.Chunk.Length;
        }

        return length;
    }

    [Benchmark(OperationsPerInvoke = Chunks)]
    [BenchmarkCategory("string")]
    public async Task<int> StringRead()
    {
        var length = 0;
        await foreach (var chunk in new RepeatedChunk<string>(_chunks.First, _chunks.Next, Chunks).TraceLlm(_call))
        {
            length += chunk.Length;
        }

        return length;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Chunks)]
    [BenchmarkCategory("bytes")]
    public Task<int> BytesPassedOn() => PassOnAsync("br");

    [Benchmark(OperationsPerInvoke = Chunks)]
    [BenchmarkCategory("bytes")]
    public Task<int> BytesRead() => PassOnAsync("identity");

    // As a gateway does. What is encoded otherwise it cannot read.
    private async Task<int> PassOnAsync(string encoding)
    {
        var (before, after) = Dialect == LlmDialect.Ollama ? ("", "\n") : ("data: ", "\n\n");
        var content = new StreamContent(new RepeatedEvent(before + _chunks.First + after, before + _chunks.Next + after, Chunks));
        content.Headers.ContentEncoding.Add(encoding);
        var body = new UpstreamBody(new HttpResponseMessage { Content = content }, Dialect, NullLoggerFactory.Instance);
        var length = 0;
        await foreach (var piece in body.TraceLlm(_call))
        {
            piece.Piece.Span.CopyTo(_written);
            length += piece.Piece.Length;
        }

        return length;
    }
}
