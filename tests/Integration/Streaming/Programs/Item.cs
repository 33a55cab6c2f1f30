namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>One thing that a scripted source does.</summary>
internal abstract record Item
{
    public sealed record Work(params IReadOnlyList<Step> Body) : Item;

    public sealed record Chunk(GateKind Gate) : Item;

    /// <summary>A span that the source holds open, over yields too.</summary>
    public sealed record Hold(SpanKind Kind, bool UnderRoot, params IReadOnlyList<Item> Items) : Item;
}
