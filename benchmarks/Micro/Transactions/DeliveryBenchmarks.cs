using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using LlmTracing.SentryExporter.Delivery;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Benchmarks.Micro.Transactions;

/// <summary>What does it cost to deliver a transaction, over a bare post of the same bytes?</summary>
/// <remarks>
/// Target: at most 1.25 times. The server that answers is in this process, and its cost in both. Without the queue, which is on
/// the request's path; and too small to be compressed, as most are. As many at a time as the exporter has senders: of one after
/// the other, most would be how long the machine takes to wake a thread.
/// </remarks>
[WarmupCount(30)]
[IterationCount(15)]
public class DeliveryBenchmarks
{
    // As the exporter's own: SentryExporterOptions.Senders.
    private const int Workers = 16;
    private const int PostsOfEach = 64;

    private readonly MadeTransaction _made = new();
    private readonly EnvelopeWriter _writer = TransactionBenchmarks.NewWriter();
    private readonly HttpClient _client = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });
    private ServiceProvider? _services;
    private LocalIngest? _ingest;
    private EnvelopeSender? _sender;
    private SentryDsn? _dsn;
    private byte[] _bytes = [];

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _ingest = await LocalIngest.StartAsync();
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var losses = new LossLog(NullLoggerFactory.Instance, TimeProvider.System);
        _sender = new EnvelopeSender(
            losses, new DeliveryMetrics(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System);
        if (!SentryDsn.TryParse($"http://key@127.0.0.1:{_ingest.Address.Port}/1", out _dsn, out var problem))
        {
            throw new InvalidOperationException(problem);
        }

        _bytes = _writer.Write(_made.Assemble())[0].Bytes;
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _client.Dispose();
        _sender!.Dispose();
        await _ingest!.DisposeAsync();
        await _services!.DisposeAsync();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Workers * PostsOfEach)]
    public Task BarePost() => WorkAsync(async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _dsn!.EnvelopeUrl) { Content = new ByteArrayContent(_bytes) };
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    });

    [Benchmark(OperationsPerInvoke = Workers * PostsOfEach)]
    public Task Delivered() => WorkAsync(async () =>
    {
        foreach (var envelope in _writer.Write(_made.Assemble()))
        {
            await _sender!.SendAsync(_dsn!, envelope.Bytes, CancellationToken.None);
        }
    });

    /// <summary>One that is written already.</summary>
    [Benchmark(OperationsPerInvoke = Workers * PostsOfEach)]
    public Task Sent() => WorkAsync(() => _sender!.SendAsync(_dsn!, _bytes, CancellationToken.None));

    private static Task WorkAsync(Func<Task> post) => Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
    {
        for (var i = 0; i < PostsOfEach; i++)
        {
            await post();
        }
    })));
}
