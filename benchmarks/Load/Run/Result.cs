namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>All turns of one scenario.</summary>
internal sealed record Result(Scenario Scenario, IReadOnlyDictionary<Variant, List<Sample>> Samples)
{
    public double Median(Variant variant, Func<Sample, double> of) => MedianOf(Samples[variant].Select(of));

    /// <summary>Gives the median of the ratios of each turn, and the least and the greatest of them.</summary>
    public (double Median, double Least, double Greatest) Ratio(Variant variant, Variant to, Func<Sample, double> of)
    {
        double[] ratios = [.. Samples[variant].Zip(Samples[to], (mine, other) => of(mine) / of(other))];
        return (MedianOf(ratios), ratios.Min(), ratios.Max());
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
