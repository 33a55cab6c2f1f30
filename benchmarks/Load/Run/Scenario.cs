using LlmTracing.Benchmarks.Load.Client;

namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>One kind of load.</summary>
/// <param name="Name">Its name, as the table has it.</param>
/// <param name="Chunks">How many chunks a request gets.</param>
/// <param name="Plan">What the client does; its port is each server's own.</param>
internal sealed record Scenario(string Name, int Chunks, LoadPlan Plan)
{
    /// <summary>Gets which variants are measured.</summary>
    public IReadOnlyList<Variant> Variants { get; init; } = [Variant.Bare, Variant.Typed, Variant.Ours, Variant.Sampled];

    /// <summary>Gets how often each variant is measured, in turns.</summary>
    public required int Pairs { get; init; }

    /// <summary>Gets a value indicating whether a turn goes before those that count: not where one lasts for seconds.</summary>
    public bool HasFirstTurn => Plan is { StartSpread: 0, ReadPause: 0, HoldsStreams: false };

    /// <summary>Gets what is measured of streams that are held open: nothing of the others.</summary>
    public bool MeasuresMemory { get; init; }

    /// <summary>Gets for how long streams are held open, where it is their heartbeats that are measured.</summary>
    public TimeSpan Beats { get; init; }
}
