namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>What a scripted source does, one thing after the other.</summary>
internal abstract record SourceStep(string At)
{
    public sealed record Work(string At, IReadOnlyList<Step> Body) : SourceStep(At);

    public sealed record Chunk(string At, GateKind Gate) : SourceStep(At);

    public sealed record Open(string At, Item.Hold Hold) : SourceStep(At);

    public sealed record Close(string At) : SourceStep(At);

    /// <summary>
    /// Lays items out. A yield with a span newly held over it gets a gate: that the span is current after it is promised
    /// only where the pull had to wait. See docs/decisions/0001.
    /// </summary>
    public static IReadOnlyList<SourceStep> Of(IReadOnlyList<Item> items, string at)
    {
        var steps = new List<SourceStep>();
        var opened = 0;
        Add(items, at);
        return steps;

        void Add(IReadOnlyList<Item> items, string at)
        {
            for (var i = 0; i < items.Count; i++)
            {
                AddOne(items[i], $"{at}.{i}");
            }
        }

        void AddOne(Item item, string at)
        {
            switch (item)
            {
                case Item.Work work:
                    steps.Add(new Work(at, work.Body));
                    break;
                case Item.Chunk chunk:
                    steps.Add(new Chunk(at, opened > 0 && chunk.Gate == GateKind.None ? GateKind.Elsewhere : chunk.Gate));
                    opened = 0;
                    break;
                case Item.Hold hold:
                    steps.Add(new Open(at, hold));
                    opened++;
                    Add(hold.Items, at);
                    opened = Math.Max(0, opened - 1);
                    steps.Add(new Close(at));
                    break;
            }
        }
    }
}
