namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>What the client is to do.</summary>
internal sealed record LoadPlan
{
    public required int Port { get; init; }

    /// <summary>Gets the target of the requests.</summary>
    public required string Target { get; init; }

    /// <summary>Gets how many streams are read at the same time, each on a connection of its own.</summary>
    public required int Streams { get; init; }

    /// <summary>Gets how many requests are made in all.</summary>
    public int Requests { get; init; }

    /// <summary>Gets over how many milliseconds the first requests are spread.</summary>
    public int StartSpread { get; init; }

    /// <summary>Gets how many milliseconds a reader waits after each read, as a slow network makes it.</summary>
    public int ReadPause { get; init; }

    /// <summary>Gets a value indicating whether streams are opened and held until a word.</summary>
    public bool HoldsStreams { get; init; }

    /// <summary>Gets a value indicating whether held streams are reset rather than closed.</summary>
    public bool Resets { get; init; }
}
