using System.Globalization;
using System.Text;

namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>Holds what was measured to what we mean to reach.</summary>
internal static class Targets
{
    public static string Of(IReadOnlyList<Result> results)
    {
        var text = new StringBuilder("\n| what | target | measured | met |\n| --- | --- | --- | --- |\n");
        Ratio(Scenarios.Saturated, "saturated, text: sampled ÷ Typed, CPU per chunk", 0.6);
        Ratio(Scenarios.SaturatedJson, "saturated, JSON: sampled ÷ Typed, CPU per chunk", 0.7);
        Ratio(Scenarios.Pace, "LLM pace: sampled ÷ Typed, CPU per chunk", 1);
        if (Find(Scenarios.Saturated) is { } some && Find(Scenarios.Long) is { } more)
        {
            // What is allocated for each chunk beyond what is for each request. The platform's own awaits, and the stamps, are in both.
            var (sampled, bare) = (Slope(some, more, Variant.Sampled), Slope(some, more, Variant.Bare));
            Add("text: allocated for each further chunk, sampled − Bare", "0 B", Text($"{sampled - bare:0.00} B (Bare {bare:0.00} B)"), sampled - bare < 0.5);
        }

        if (Find(Scenarios.Pace) is { } pace)
        {
            var later = FirstByte(pace, Variant.Sampled) - FirstByte(pace, Variant.Typed);
            Add("LLM pace: first byte p50, sampled − Typed", "≤ 0 µs", Text($"{later:N0} µs"), later <= 0);
        }

        if (Find(Scenarios.Idle) is { } idle)
        {
            var live = Live(idle, Variant.Sampled) - Live(idle, Variant.Bare);
            Add("idle: live managed memory per stream, sampled − Bare", "≤ 3 KB", Text($"{live:N0} B"), live <= 3072);
        }

        if (Find(Scenarios.FewOpen) is { } few && Find(Scenarios.ManyOpen) is { } many)
        {
            var growth = many.Median(Variant.Sampled, static sample => sample.CpuPerChunk)
                / few.Median(Variant.Sampled, static sample => sample.CpuPerChunk);
            Add("10,000 open streams ÷ 100: sampled, CPU per chunk", "≤ 1.3", Text($"{growth:0.00}"), growth <= 1.3);
        }

        return text.ToString();

        Result? Find(string scenario) => results.FirstOrDefault(result => result.Scenario.Name == scenario);

        void Ratio(string scenario, string what, double target)
        {
            if (Find(scenario) is { } result)
            {
                var (median, least, greatest) = result.Ratio(Variant.Sampled, Variant.Typed, static sample => sample.CpuPerChunk);
                Add(what, Text($"≤ {target}"), Text($"{median:0.00} ({least:0.00} to {greatest:0.00})"), median <= target);
            }
        }

        void Add(string what, string target, string measured, bool isMet) =>
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {target} | {measured} | {(isMet ? "yes" : "no")} |\n");
    }

    private static double Slope(Result some, Result more, Variant variant) =>
        (more.Median(variant, static sample => sample.BytesPerRequest) - some.Median(variant, static sample => sample.BytesPerRequest))
        / (more.Scenario.Chunks - some.Scenario.Chunks);

    private static double FirstByte(Result result, Variant variant) => result.Median(variant, static sample => sample.Seen.FirstByteP50);

    private static double Live(Result result, Variant variant) => result.Median(variant, static sample => sample.LivePerStream);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
