namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>What one connection saw, in microseconds.</summary>
internal sealed class StreamsSeen
{
    public List<double> FirstBytes { get; } = [];

    public List<double> ChunkDelays { get; } = [];
}
