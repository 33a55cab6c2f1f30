namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Gives the programs that are a little less than one, the boldest first.</summary>
internal static class ProgramShrinker
{
    public static IEnumerable<SpanProgram> Shrink(SpanProgram program) =>
        Shrink(program.Steps).Select(static steps => new SpanProgram(steps));

    private static IEnumerable<IReadOnlyList<Step>> Shrink(IReadOnlyList<Step> steps) => Shrink(steps, Inside, Shrink);

    private static IEnumerable<IReadOnlyList<Item>> Shrink(IReadOnlyList<Item> items) => Shrink(
        items, static item => item is Item.Hold hold ? [hold.Items] : [], Shrink);

    private static IEnumerable<IReadOnlyList<StreamPlan>> Shrink(IReadOnlyList<StreamPlan> streams) =>
        Shrink(streams, static _ => [], Shrink).Where(static fewer => fewer.Count > 0);

    // Without all, without one, with what is inside one in its place, with one that is less.
    private static IEnumerable<IReadOnlyList<T>> Shrink<T>(
        IReadOnlyList<T> all, Func<T, IEnumerable<IReadOnlyList<T>>> inside, Func<T, IEnumerable<T>> shrink)
    {
        if (all.Count > 1)
        {
            yield return [];
        }

        for (var i = 0; i < all.Count; i++)
        {
            IReadOnlyList<T> before = [.. all.Take(i)], after = [.. all.Skip(i + 1)];
            yield return [.. before, .. after];
            foreach (var inner in inside(all[i]))
            {
                yield return [.. before, .. inner, .. after];
            }

            foreach (var less in shrink(all[i]))
            {
                yield return [.. before, less, .. after];
            }
        }
    }

    private static IEnumerable<IReadOnlyList<Step>> Inside(Step step) => step switch
    {
        Step.Span span => [span.Body],
        Step.Catch guarded => [guarded.Body],
        Step.Parallel parallel => parallel.Branches,
        Step.Consume consume => [consume.Between, consume.After],
        Step.Handoff handoff => [[handoff.Consumption]],
        Step.Interleave interleave => [.. interleave.Streams.Select(static one => new Step[] { new Step.Consume(one) })],
        _ => [],
    };

    private static IEnumerable<Step> Shrink(Step step) => step switch
    {
        Step.Hop { Kind: not HopKind.Yield } hop => [hop with { Kind = HopKind.Yield }],
        Step.Catch guarded => Shrink(guarded.Body).Select(body => guarded with { Body = body }),
        Step.Span span =>
        [
            .. Less(span.Style != SpanStyle.Using, span with { Style = SpanStyle.Using }),
            .. Less(span.UnderRoot, span with { UnderRoot = false }),
            .. Less(span.Kind != SpanKind.Task, span with { Kind = SpanKind.Task }),
            .. Shrink(span.Body).Select(body => span with { Body = body }),
        ],
        Step.Parallel parallel => Shrink(parallel.Branches, static _ => [], Shrink)
            .Where(static fewer => fewer.Count > 0).Select(fewer => parallel with { Branches = fewer }),
        Step.Consume consume => Shrink(consume),
        Step.Handoff handoff =>
        [
            .. Less(handoff.Pullers > 0, handoff with { Pullers = handoff.Pullers - 1 }),
            .. Less(handoff.Makers > 0, handoff with
            {
                Makers = handoff.Makers - 1, Kept = Math.Min(handoff.Kept, handoff.Makers - 1),
            }),
            .. Less(handoff.Kept > 0, handoff with { Kept = handoff.Kept - 1 }),
            .. Shrink(handoff.Consumption).Select(less => handoff with { Consumption = less }),
        ],
        Step.Interleave interleave =>
        [
            .. Shrink(interleave.Pulls, static _ => [], static _ => []).Select(less => interleave with { Pulls = less }),
            .. Shrink(interleave.Streams).Select(less => interleave with { Streams = less }),
            .. Shrink(interleave.Between).Select(less => interleave with { Between = less }),
            .. Shrink(interleave.After).Select(less => interleave with { After = less }),
        ],
        _ => [],
    };

    private static IEnumerable<Step.Consume> Shrink(Step.Consume consume) =>
    [
        .. Less(consume.Take is not null, consume with { Take = null }),
        .. Less(consume.Style != PullStyle.ByHand, consume with { Style = PullStyle.ByHand }),
        .. Shrink(consume.Stream).Select(less => consume with { Stream = less }),
        .. Shrink(consume.Between).Select(less => consume with { Between = less }),
        .. Shrink(consume.After).Select(less => consume with { After = less }),
    ];

    private static IEnumerable<StreamPlan> Shrink(StreamPlan stream) =>
    [
        .. Less(stream.Layers > 0, stream with { Layers = stream.Layers - 1 }),
        .. Less(stream.UnderRoot, stream with { UnderRoot = false }),
        .. Inside(stream.Source),
        .. Shrink(stream.Source).Select(less => stream with { Source = less }),
    ];

    private static IEnumerable<StreamPlan> Inside(Source source) => source switch
    {
        Source.Relay relay => [relay.Inner],
        Source.Merged merged => merged.Parts,
        _ => [],
    };

    private static IEnumerable<Source> Shrink(Source source) => source switch
    {
        Source.Scripted scripted =>
        [
            .. Shrink(scripted.Items).Select(less => scripted with { Items = less }),
            .. Shrink(scripted.Finally).Select(less => scripted with { Finally = less }),
        ],
        Source.Relay relay =>
        [
            .. Less(relay.MadeInside, relay with { MadeInside = false }),
            .. Shrink(relay.Inner).Select(less => relay with { Inner = less }),
            .. Shrink(relay.Between).Select(less => relay with { Between = less }),
        ],
        Source.Merged merged =>
        [
            .. Less(merged.MadeInside, merged with { MadeInside = false }),
            .. Shrink(merged.Parts).Select(less => merged with { Parts = less }),
        ],
        _ => [],
    };

    private static IEnumerable<Item> Shrink(Item item) => item switch
    {
        Item.Work work => Shrink(work.Body).Select(body => work with { Body = body }),
        Item.Chunk { Gate: not GateKind.None } chunk => [chunk with { Gate = GateKind.None }],
        Item.Hold hold =>
        [
            .. Less(hold.UnderRoot, hold with { UnderRoot = false }),
            .. Less(hold.Kind != SpanKind.Task, hold with { Kind = SpanKind.Task }),
            .. Shrink(hold.Items).Select(less => hold with { Items = less }),
        ],
        _ => [],
    };

    private static IEnumerable<T> Less<T>(bool isLess, T less) => isLess ? [less] : [];
}
