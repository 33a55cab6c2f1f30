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

    /// <summary>Sees that no variant wrote less than the bare loop, which writes the chunks and nothing else.</summary>
    public Result Checked()
    {
        var least = Samples[Variant.Bare][0].Seen.BodyLength;
        foreach (var (variant, samples) in Samples)
        {
            if (samples[0].Seen.BodyLength is var length && length < least)
            {
                throw new InvalidOperationException($"{Scenario.Name}: bodies of {variant} had {length} bytes, and those of Bare {least}.");
            }
        }

        return this;
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
