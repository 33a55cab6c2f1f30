using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;
using LlmTracing.Benchmarks.Micro.Flow;
using LlmTracing.Benchmarks.Micro.Readers;
using LlmTracing.Benchmarks.Micro.Requests;
using LlmTracing.Benchmarks.Micro.Transactions;

namespace LlmTracing.Benchmarks.Micro;

/// <summary>Holds what was measured to what we mean to reach, by medians of one run.</summary>
internal sealed class Targets
{
    private const double Kilobyte = 1024;

    private readonly IReadOnlyList<Summary> _summaries;
    private readonly StringBuilder _text = new("| what | target | measured | met |\n| --- | --- | --- | --- |\n");

    private Targets(IReadOnlyList<Summary> summaries) => _summaries = summaries;

    /// <summary>Gives the table, of those targets whose benchmarks were run.</summary>
    public static string Of(IReadOnlyList<Summary> summaries)
    {
        var targets = new Targets(summaries);
        targets.Over<EnumerationBenchmarks>("Traced", "Bare", "enumerating, per item that is ready, over bare", 15, "ns", 0);
        targets.Over<EnumerationBenchmarks>("NobodyListens", "Bare", "the same where nobody listens", 5, "ns", 0);
        targets.Over<ChunkReadingBenchmarks>("BytesRead", "BytesPassedOn", "reading a chunk without usage, bytes, over passing it on", 100, "ns", 0);
        targets.Over<ChunkReadingBenchmarks>("StringRead", "StringPassedOn", "the same, strings", 100, "ns", 0);
        targets.Over<SdkReadingBenchmarks>("Read", "PassedOn", "the same, the SDKs' own types", 100, "ns", 0);
        targets.Over<RequestBenchmarks>("Sampled", "NoListener", "a sampled request's own path, over no listener", 6, "µs", 4 * Kilobyte);
        targets.Over<RequestBenchmarks>("NotSampled", "NoListener", "one that is not sampled", 1.5, "µs", Kilobyte);
        targets.Ratio<DeliveryBenchmarks>("Delivered", "BarePost", "a transaction delivered ÷ a bare post of its bytes", 1.25);
        return targets._text.ToString();
    }

    // Of several parameters, the worst.
    private void Over<T>(string method, string baseline, string what, double most, string unit, double mostBytes)
    {
        var perUnit = unit == "µs" ? 1000 : 1;
        if (Pairs<T>(method, baseline) is { Count: > 0 } pairs)
        {
            var time = pairs.Max(static pair => pair.Mine.Time - pair.Other.Time) / perUnit;
            var bytes = pairs.Max(static pair => pair.Mine.Bytes - pair.Other.Bytes);
            Add(what, Text($"≤ {most} {unit}"), Text($"{time:0.0} {unit}"), time <= most);

            // The first of a thousand items may find something to be made; that is no byte an item.
            Add("– allocated", Text($"≤ {mostBytes:0} B"), Text($"{bytes:0} B"), bytes <= Math.Max(mostBytes, 1));
        }
    }

    private void Ratio<T>(string method, string baseline, string what, double most)
    {
        if (Pairs<T>(method, baseline) is [var pair, ..])
        {
            var ratio = pair.Mine.Time / pair.Other.Time;
            Add(what, Text($"≤ {most}"), Text($"{ratio:0.00}"), ratio <= most);
        }
    }

    private List<(Measured Mine, Measured Other)> Pairs<T>(string method, string baseline)
    {
        // Where only some were asked for, there may be no other.
        var others = Of<T>(baseline).ToDictionary(static one => one.Parameters);
        return [.. Of<T>(method).Where(mine => others.ContainsKey(mine.Parameters)).Select(mine => (mine, others[mine.Parameters]))];
    }

    private IEnumerable<Measured> Of<T>(string method) =>
        from summary in _summaries
        from report in summary.Reports
        let descriptor = report.BenchmarkCase.Descriptor
        where descriptor.Type == typeof(T) && descriptor.WorkloadMethod.Name == method && report.ResultStatistics is not null
        select new Measured(
            report.BenchmarkCase.Parameters.DisplayInfo,
            report.ResultStatistics!.Median,
            report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);

    private void Add(string what, string target, string measured, bool isMet) =>
        _text.Append(CultureInfo.InvariantCulture, $"| {what} | {target} | {measured} | {(isMet ? "yes" : "no")} |\n");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Measured(string Parameters, double Time, double Bytes);
}
