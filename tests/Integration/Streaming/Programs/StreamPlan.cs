namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>A stream, traced so many times.</summary>
/// <param name="Layers">How often <c>TraceLlm</c> is called on it.</param>
/// <param name="UnderRoot">Whether the outermost call names the request's span as its parent.</param>
/// <param name="Source">Where its chunks come from.</param>
internal sealed record StreamPlan(int Layers, bool UnderRoot, Source Source)
{
    /// <summary>
    /// Gets a value indicating whether it does its work in flows of its own, with no span that lasts as long as they do.
    /// </summary>
    public bool IsLoose => Layers == 0
        && Source is Source.Merged or Source.Relay { Inner.IsLoose: true };
}
