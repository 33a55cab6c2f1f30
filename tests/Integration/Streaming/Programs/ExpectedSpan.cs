namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>A span that a program leaves behind.</summary>
/// <param name="Name">What it is called, which no other of the program is.</param>
/// <param name="Parent">The name of its parent; null for the request's own.</param>
internal sealed record ExpectedSpan(string Name, string? Parent)
{
    public const long InputTokensOfChat = 10;

    /// <summary>Gets a value indicating whether it is a call of a model.</summary>
    public bool IsCall { get; init; }

    /// <summary>Gets a value indicating whether it is the run of a tool.</summary>
    public bool IsTool { get; init; }

    /// <summary>Gets a value indicating whether tokens were recorded on it.</summary>
    public bool HasTokens { get; init; }

    /// <summary>Gets or sets a value indicating whether it has the status of an error.</summary>
    public bool IsFailed { get; set; }

    /// <summary>Gets or sets how it ended, if it is a stream.</summary>
    public StreamOutcome? Outcome { get; set; }

    /// <summary>Gets or sets how many chunks it had, if it is a stream.</summary>
    public long? Chunks { get; set; }

    public override string ToString() =>
        $"{Name} <- {Parent ?? "nothing"}{(IsFailed ? ", failed" : "")}"
        + (Outcome is null ? "" : $", {Outcome} after {Chunks} chunks");
}
