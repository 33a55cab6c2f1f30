using BenchmarkDotNet.Attributes;

namespace LlmTracing.Benchmarks.Micro.Requests;

/// <summary>What does tracing cost a request on its own path, until its transaction has been handed on?</summary>
/// <remarks>
/// Targets, over no listener, for one span of a model and one of HTTP: sampled at most 6 µs and 4 KB, not sampled at most
/// 1.5 µs and 1 KB.
/// </remarks>
[WarmupCount(30)]
public class RequestBenchmarks
{
    private MeasuredApp? _app;
    private DirectoryInfo? _folder;

    // Collectors listen to the whole process: each benchmark has the only one.
    [GlobalSetup(Target = nameof(NoListener))]
    public void SetUpNoListener() => _app = MeasuredApp.Start(sampleRate: null, folder: null);

    [GlobalSetup(Target = nameof(NotSampled))]
    public void SetUpNotSampled() => _app = MeasuredApp.Start(sampleRate: 0, NewFolder());

    [GlobalSetup(Target = nameof(Sampled))]
    public void SetUpSampled() => _app = MeasuredApp.Start(sampleRate: 1, NewFolder());

    [GlobalSetup(Target = nameof(SampledWithoutJournal))]
    public void SetUpSampledWithoutJournal() => _app = MeasuredApp.Start(sampleRate: 1, folder: null);

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _app!.DisposeAsync();
        _folder?.Delete(recursive: true);
    }

    [Benchmark(Baseline = true)]
    public Task NoListener() => _app!.RequestAsync();

    [Benchmark]
    public Task NotSampled() => _app!.RequestAsync();

    [Benchmark]
    public Task Sampled() => _app!.RequestAsync();

    [Benchmark]
    public Task SampledWithoutJournal() => _app!.RequestAsync();

    private string NewFolder() => (_folder = Directory.CreateTempSubdirectory("llmtracing-micro-")).FullName;
}
