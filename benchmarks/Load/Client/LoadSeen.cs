namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>What the client saw. Times are in microseconds.</summary>
internal sealed record LoadSeen
{
    public int Requests { get; init; }

    /// <summary>Gets the bytes of each body.</summary>
    public long BodyLength { get; init; }

    /// <summary>Gets how many heartbeats came on all streams together, while they were held.</summary>
    public int Beats { get; init; }

    public double FirstByteP50 { get; init; }

    public double FirstByteP99 { get; init; }

    /// <summary>Gets the time from the making of a chunk to its arrival, of the streams that were stamped.</summary>
    public double ChunkP50 { get; init; }

    public double ChunkP99 { get; init; }

    public static LoadSeen Of(IReadOnlyList<StreamsSeen> streams)
    {
        double[] firstBytes = [.. streams.SelectMany(static seen => seen.FirstBytes).Order()];
        double[] chunks = [.. streams.SelectMany(static seen => seen.ChunkDelays).Order()];
        return new LoadSeen
        {
            Requests = firstBytes.Length,
            FirstByteP50 = At(firstBytes, 0.5),
            FirstByteP99 = At(firstBytes, 0.99),
            ChunkP50 = At(chunks, 0.5),
            ChunkP99 = At(chunks, 0.99),
        };
    }

    private static double At(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)];
}
