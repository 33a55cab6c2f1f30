using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LlmTracing.Benchmarks.Micro;
using Perfolizer.Horology;

// One class for each question. Arguments are BenchmarkDotNet's, and --quick for a short run; without --filter it asks which.
// In release mode: dotnet run -c Release --project benchmarks/Micro -- --quick --filter '*'
const string Quick = "--quick";
var job = args.Contains(Quick)
    ? Job.ShortRun.WithWarmupCount(10).WithIterationCount(5).WithIterationTime(TimeInterval.FromMilliseconds(100))
    : Job.Default;
var config = ManualConfig.Create(DefaultConfig.Instance)

    // In this process: else BenchmarkDotNet looks for a project file with the name of the assembly.
    .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Median)
    .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
    .Run([.. args.Where(static argument => argument != Quick)], config);
var targets = Targets.Of([.. summaries]);
Console.WriteLine(targets);
await File.WriteAllTextAsync(Path.Combine(config.ArtifactsPath, "targets.md"), targets);
