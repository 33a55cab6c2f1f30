namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>One step of a program.</summary>
internal abstract record Step
{
    /// <summary>A real call over HTTP.</summary>
    public sealed record Http : Step;

    /// <summary>A change of threads, or nothing that looks like one.</summary>
    public sealed record Hop(HopKind Kind) : Step;

    public sealed record Throw : Step;

    public sealed record Catch(params IReadOnlyList<Step> Body) : Step;

    /// <summary>A span around other steps, by <c>using</c> or otherwise.</summary>
    public sealed record Span(SpanKind Kind, SpanStyle Style, bool UnderRoot, params IReadOnlyList<Step> Body) : Step;

    public sealed record Parallel(ParallelKind Kind, params IReadOnlyList<IReadOnlyList<Step>> Branches) : Step;

    /// <summary>Makes a stream and pulls it, to its end or for so many chunks.</summary>
    public sealed record Consume(StreamPlan Stream) : Step
    {
        public PullStyle Style { get; init; }

        public int? Take { get; init; }

        /// <summary>Gets what the consumer does after each chunk.</summary>
        public IReadOnlyList<Step> Between { get; init; } = [];

        /// <summary>Gets what it does when it has disposed the stream.</summary>
        public IReadOnlyList<Step> After { get; init; } = [];
    }

    /// <summary>Pulls several streams in turn, or at once: each pull is a set of streams, a bit for each.</summary>
    public sealed record Interleave(IReadOnlyList<StreamPlan> Streams, params IReadOnlyList<int> Pulls) : Step
    {
        public IReadOnlyList<Step> Between { get; init; } = [];

        public IReadOnlyList<Step> After { get; init; } = [];
    }

    /// <summary>
    /// Makes a stream within spans, of which the outer ones are kept open while it is pulled within others.
    /// </summary>
    public sealed record Handoff(int Makers, int Kept, int Pullers, Consume Consumption) : Step;
}
