using System.Globalization;
using System.Text;

namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>Writes what a scenario gave, as a table.</summary>
internal static class Report
{
    public static string Of(Result result)
    {
        var text = new StringBuilder($"\n### {result.Scenario.Name}\n\n");
        text.Append(result.Scenario switch
        {
            { MeasuresMemory: true } => "| variant | live memory per stream | ± over bare |\n| --- | --- | --- |\n",
            { Plan.HoldsStreams: true } => "| variant | CPU per stream that left | ÷ Typed (least to greatest) |\n| --- | --- | --- |\n",
            _ => "| variant | CPU per chunk | ÷ Typed (least to greatest) | CPU per request | allocated per request | first byte p50, p99 | chunk p50, p99 |\n"
                + "| --- | --- | --- | --- | --- | --- | --- |\n",
        });
        foreach (var variant in result.Scenario.Variants)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {variant} | {string.Join(" | ", CellsOf(result, variant))} |\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> CellsOf(Result result, Variant variant)
    {
        if (result.Scenario.MeasuresMemory)
        {
            var live = result.Median(variant, static sample => sample.LivePerStream);
            return [Text($"{live:N0} B"), Text($"{live - result.Median(Variant.Bare, static sample => sample.LivePerStream):N0} B")];
        }

        var (ratio, least, greatest) = result.Ratio(variant, Variant.Typed, static sample => sample.CpuPerRequest);
        var ratios = Text($"{ratio:0.00} ({least:0.00} to {greatest:0.00})");
        if (result.Scenario.Plan.HoldsStreams)
        {
            return [Text($"{result.Median(variant, static sample => sample.CpuPerRequest):0.0} µs"), ratios];
        }

        return
        [
            Text($"{1000 * result.Median(variant, static sample => sample.CpuPerChunk):N0} ns"),
            ratios,
            Text($"{result.Median(variant, static sample => sample.CpuPerRequest):0.0} µs"),
            Text($"{result.Median(variant, static sample => sample.BytesPerRequest):N0} B"),
            Text($"{result.Median(variant, static sample => sample.Seen.FirstByteP50):N0}, {result.Median(variant, static sample => sample.Seen.FirstByteP99):N0} µs"),
            result.Scenario.Plan.StampsEvery == 0
                ? "–"
                : Text($"{result.Median(variant, static sample => sample.Seen.ChunkP50):N0}, {result.Median(variant, static sample => sample.Seen.ChunkP99):N0} µs"),
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
