namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Where the chunks of a stream come from.</summary>
internal abstract record Source
{
    /// <summary>Does as it is told, in a compiler-made iterator or in an enumerator written by hand.</summary>
    public sealed record Scripted(bool ByHand, params IReadOnlyList<Item> Items) : Source
    {
        /// <summary>Gets what it does when it ends, however it does: it must not throw.</summary>
        public IReadOnlyList<Step> Finally { get; init; } = [];
    }

    /// <summary>An iterator that passes another stream on.</summary>
    /// <param name="Inner">That stream.</param>
    /// <param name="MadeInside">Whether it makes that stream itself, and is not given it.</param>
    /// <param name="Between">What it does between a chunk's coming and its going on.</param>
    public sealed record Relay(StreamPlan Inner, bool MadeInside, params IReadOnlyList<Step> Between) : Source;

    /// <summary>An iterator of the chunks of several streams, which it reads at once, to their ends.</summary>
    public sealed record Merged(bool MadeInside, params IReadOnlyList<StreamPlan> Parts) : Source;
}
