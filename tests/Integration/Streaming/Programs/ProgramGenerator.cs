using FsCheck;
using FsCheck.Fluent;

namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Makes random programs.</summary>
internal static class ProgramGenerator
{
    // Far below what a transaction holds, so that nothing is dropped, and more than a person wants to read.
    private const int MostSpans = 200;

    private static readonly Gen<bool> Coin = Gen.Elements(false, true);
    private static readonly Gen<bool> Seldom = Gen.Frequency((7, Gen.Constant(false)), (1, Gen.Constant(true)));
    private static readonly Gen<SpanKind> Kind = Gen.Elements(Enum.GetValues<SpanKind>());
    private static readonly Gen<GateKind> Gate = Gen.Elements(Enum.GetValues<GateKind>());

    public static Arbitrary<SpanProgram> Programs { get; } = Arb.From(
        Gen.Choose(1, 3).SelectMany(depth => Steps(depth, 1)).Select(static steps => new SpanProgram(steps))
            .Where(static program => ExpectedRun.Of(program).Spans.Count <= MostSpans),
        ProgramShrinker.Shrink);

    private static Gen<IReadOnlyList<Step>> Steps(int depth, int least = 0) =>
        ListOf(StepOf(depth), least, Math.Clamp(depth + 1, 2, 3));

    private static Gen<IReadOnlyList<T>> ListOf<T>(Gen<T> one, int least, int most) =>
        from count in Gen.Choose(least, most)
        from all in Gen.ArrayOf(one, count)
        select (IReadOnlyList<T>)all;

    private static Gen<Step> StepOf(int depth) => depth == 0
        ? Gen.Frequency(
            (6, Gen.Elements(Enum.GetValues<HopKind>()).Select(static kind => (Step)new Step.Hop(kind))),
            (3, Gen.Constant<Step>(new Step.Http())),
            (5, SpanOf(0)),
            (1, Gen.Constant<Step>(new Step.Throw())))
        : Gen.Frequency(
            (6, StepOf(0)),
            (4, SpanOf(depth)),
            (2, ParallelOf(depth)),
            (1, Steps(depth - 1).Select(static body => (Step)new Step.Catch(body))),
            (5, ConsumeOf(depth).Select(static consume => (Step)consume)),
            (2, InterleaveOf(depth)),
            (2, HandoffOf(depth)));

    private static Gen<Step> SpanOf(int depth) =>
        from kind in Kind
        from style in Gen.Elements(Enum.GetValues<SpanStyle>())
        from underRoot in Seldom
        from body in depth == 0 ? Gen.Constant<IReadOnlyList<Step>>([]) : Steps(depth - 1)
        select (Step)new Step.Span(kind, style, underRoot, body);

    private static Gen<Step> ParallelOf(int depth) =>
        from kind in Gen.Elements(Enum.GetValues<ParallelKind>())
        from branches in ListOf(Steps(depth - 1), 1, 4)
        select (Step)new Step.Parallel(kind, branches);

    private static Gen<Step.Consume> ConsumeOf(int depth) =>
        from stream in StreamOf(depth - 1)
        from style in Gen.Elements(Enum.GetValues<PullStyle>())
        from take in Gen.Frequency((3, Gen.Constant<int?>(null)), (2, Gen.Choose(0, 4).Select(static take => (int?)take)))
        from between in Steps(0)
        from after in Steps(0)
        select new Step.Consume(stream) { Style = style, Take = take, Between = between, After = after };

    private static Gen<Step> InterleaveOf(int depth) =>
        from streams in ListOf(StreamOf(depth - 1), 2, 3)
        from pulls in ListOf(Gen.Choose(1, (1 << streams.Count) - 1), 1, 9)
        from between in Steps(0)
        from after in Steps(0)
        select (Step)new Step.Interleave(streams, pulls) { Between = between, After = after };

    private static Gen<Step> HandoffOf(int depth) =>
        from makers in Gen.Choose(0, 2)
        from kept in Gen.Choose(0, makers)
        from pullers in Gen.Choose(0, 2)
        from consume in ConsumeOf(depth)
        select (Step)new Step.Handoff(makers, kept, pullers, consume);

    private static Gen<StreamPlan> StreamOf(int depth) =>
        from layers in Gen.Frequency((1, Gen.Constant(0)), (5, Gen.Constant(1)), (2, Gen.Constant(2)))
        from underRoot in Seldom
        from source in depth == 0
            ? ScriptedOf(0)
            : Gen.Frequency((4, ScriptedOf(depth)), (1, RelayOf(depth)), (1, MergedOf(depth)))
        select new StreamPlan(layers, underRoot, source);

    private static Gen<Source> ScriptedOf(int depth) =>
        from byHand in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from items in ListOf(ItemOf(depth, 2), 1, 5)
        from cleanUp in Steps(0)
        select (Source)new Source.Scripted(byHand, items)
        {
            Finally = [.. cleanUp.Where(static step => step is not Step.Throw)],
        };

    private static Gen<Source> RelayOf(int depth) =>
        from inner in StreamOf(depth - 1)
        from madeInside in Coin
        from between in Steps(0)
        select (Source)new Source.Relay(inner, madeInside, between);

    private static Gen<Source> MergedOf(int depth) =>
        from madeInside in Coin
        from parts in ListOf(StreamOf(depth - 1), 1, 3)
        select (Source)new Source.Merged(madeInside, parts);

    private static Gen<Item> ItemOf(int depth, int holds) => Gen.Frequency(
        (5, Gate.Select(static gate => (Item)new Item.Chunk(gate))),
        (3, Steps(depth, 1).Select(static body => (Item)new Item.Work(body))),
        (holds, holds == 0 ? Gate.Select(static gate => (Item)new Item.Chunk(gate)) : HoldOf(depth, holds - 1)));

    private static Gen<Item> HoldOf(int depth, int holds) =>
        from kind in Kind
        from underRoot in Seldom
        from items in ListOf(ItemOf(depth, holds), 1, 4)
        select (Item)new Item.Hold(kind, underRoot, items);
}
