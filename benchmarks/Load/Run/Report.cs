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
            { Beats.Ticks: > 0 } => "| variant | CPU per heartbeat | ÷ Bare (least to greatest) | heartbeats per stream and second |\n| --- | --- | --- | --- |\n",
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

        if (result.Scenario.Beats > TimeSpan.Zero)
        {
            var beats = result.Median(variant, static sample => sample.Seen.Beats)
                / result.Scenario.Plan.Streams / result.Scenario.Beats.TotalSeconds;
            return
            [
                Text($"{result.Median(variant, static sample => sample.CpuPerBeat):0.0} µs"),
                Ratios(result, variant, Variant.Bare, static sample => sample.CpuPerBeat),
                Text($"{beats:0.00}"),
            ];
        }

        var ratios = Ratios(result, variant, Variant.Typed, static sample => sample.CpuPerRequest);
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
            Text($"{result.Median(variant, static sample => sample.Seen.ChunkP50):N0}, {result.Median(variant, static sample => sample.Seen.ChunkP99):N0} µs"),
        ];
    }

    private static string Ratios(Result result, Variant variant, Variant to, Func<Sample, double> of)
    {
        var (ratio, least, greatest) = result.Ratio(variant, to, of);
        return Text($"{ratio:0.00} ({least:0.00} to {greatest:0.00})");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
