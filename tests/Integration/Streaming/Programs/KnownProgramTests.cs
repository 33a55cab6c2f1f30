using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Programs that once failed, or that only one line of the product gets right.</summary>
[Collection(RunsAlone.Name)]
public sealed class KnownProgramTests
{
    private static readonly Step Tool = new Step.Span(SpanKind.Tool, SpanStyle.Using, false);
    private static readonly Item Yield = new Item.Chunk(GateKind.None);
    private static readonly Item Work = new Item.Work(Tool, new Step.Http());

    [Fact]
    public Task Iterator_EndsAHeldSpanUnderTheRequestBeforeAYieldThatDoesNotWait_IsInItsStreamAgain() => CheckAsync(
        new Step.Consume(Traced(new Item.Hold(SpanKind.Task, true, Yield), Yield, Work)));

    [Fact]
    public Task Iterator_EndsOneOfTwoHeldSpansBeforeAYieldThatDoesNotWait_IsInTheOther() => CheckAsync(
        new Step.Consume(Traced(new Item.Hold(
            SpanKind.Agent, false, new Item.Hold(SpanKind.Tool, true, Yield), Yield, Work, Yield))));

    [Fact]
    public Task Iterator_IsBrokenOffWithinAHeldSpan_CleansUpWithinIt() => CheckAsync(
        new Step.Consume(Traced(new Source.Scripted(
            false, new Item.Hold(SpanKind.Agent, false, new Item.Chunk(GateKind.Inline), Yield))
        {
            Finally = [Tool, new Step.Http()],
        }))
        { Take = 1, After = [Tool] });

    [Fact]
    public Task Enumerator_HoldsASpanOverAYield_IsInItsStreamAfterIt() => CheckAsync(
        new Step.Consume(Traced(new Source.Scripted(true, new Item.Hold(SpanKind.Agent, false, Work, Yield, Work)))));

    [Fact]
    public Task Stream_PulledEachTimeInAnotherSpan_StaysWhereItBeganAndLeavesTheConsumerAlone() => CheckAsync(
        new Step.Consume(Traced(Yield, Work, Yield)) { Style = PullStyle.InSpans, Between = [Tool], After = [Tool] });

    [Fact]
    public Task Stream_MadeInAnOpenSpanAndPulledInItsSibling_IsUnderTheOneThatMadeIt() => CheckAsync(
        new Step.Handoff(2, 1, 1, new Step.Consume(Traced(Work, Yield))));

    [Fact]
    public Task Stream_MadeInASpanThatHasEnded_IsUnderTheOneThatPullsIt() => CheckAsync(
        new Step.Handoff(2, 0, 1, new Step.Consume(Traced(Work, Yield))));

    [Fact]
    public Task Streams_PulledAtOnceAndInTurnAndBrokenOff_AreSiblings() => CheckAsync(
        new Step.Interleave([Traced(Work, Yield, Work, Yield), Traced(Yield, Work), Traced(Yield, Yield)], 7, 1, 2, 3)
        {
            Between = [Tool],
            After = [Tool],
        });

    [Fact]
    public Task MergedStream_OneOfItsStreamsFails_EachIsUnderTheMergedOne() => CheckAsync(new Step.Catch(
        new Step.Consume(Traced(new Source.Merged(
            true, Traced(Work, Yield), Traced(Yield, new Item.Work(new Step.Throw())), Traced(Yield, Work, Yield))))));

    private static StreamPlan Traced(params Item[] items) => Traced(new Source.Scripted(false, items));

    private static StreamPlan Traced(Source source) => new(1, false, source);

    private static async Task CheckAsync(Step step)
    {
        await using var host = await ProgramHost.StartAsync();
        await host.CheckAsync(new SpanProgram(new Step.Span(SpanKind.Workflow, SpanStyle.Using, false, step, Tool)));
    }
}
