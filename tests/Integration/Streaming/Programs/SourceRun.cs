using System.Threading.Channels;

namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Makes the sources of streams.</summary>
internal static class SourceRun
{
    public static MadeStream Make(Source source, ProgramRun run, string at)
    {
        switch (source)
        {
            case Source.Scripted scripted:
                var steps = SourceStep.Of(scripted.Items, at);
                SourceStep.Chunk[] chunks = [.. steps.OfType<SourceStep.Chunk>()];
                var gates = chunks.Any(static chunk => chunk.Gate != GateKind.None)
                    ? new PullGates(chunks.Select(static chunk => chunk.Gate))
                    : null;
                var script = new ScriptedSteps(steps, gates, run, scripted.Finally, at);
                return new MadeStream(scripted.ByHand ? new HandWrittenSource(script) : IterateAsync(script), gates);
            case Source.Relay relay:
                return new MadeStream(RelayAsync(relay, Given(relay.MadeInside, relay.Inner), run, at), null);
            case Source.Merged merged:
                MadeStream[] parts = [.. merged.Parts.Select((part, i) => Given(merged.MadeInside, part, i)!)];
                return new MadeStream(MergeAsync(merged, parts, run, at), null);
            default:
                throw new ArgumentOutOfRangeException(nameof(source));
        }

        MadeStream? Given(bool madeInside, StreamPlan plan, int i = 0) => madeInside ? null : run.Make(plan, $"{at}.{i}");
    }

    private static async IAsyncEnumerable<int> IterateAsync(ScriptedSteps script)
    {
        var holds = new Stack<LlmSpan>();
        var chunk = 0;
        try
        {
            foreach (var step in script.Steps)
            {
                switch (step)
                {
                    case SourceStep.Open open:
                        holds.Push(ProgramRun.Start(open.Hold.Kind, open.At, open.Hold.UnderRoot));
                        break;
                    case SourceStep.Close:
                        holds.Pop().Dispose();
                        break;
                    case SourceStep.Work work:
                        await script.Run.RunAsync(work.Body, work.At);
                        break;
                    case SourceStep.Chunk { Gate: GateKind.None }:
                        yield return chunk++;
                        break;
                    case SourceStep.Chunk:
                        await script.Gates!.PassAsync(chunk);
                        yield return chunk++;
                        break;
                }
            }
        }
        finally
        {
            await script.Run.RunAsync(script.Finally, $"{script.At}.f");
            while (holds.TryPop(out var hold))
            {
                hold.Dispose();
            }
        }
    }

    private static async IAsyncEnumerable<int> RelayAsync(Source.Relay relay, MadeStream? inner, ProgramRun run, string at)
    {
        inner ??= run.Make(relay.Inner, $"{at}.0");
        var chunk = 0;
        await using var pulls = inner.Start();
        while (await pulls.MoveNextAsync())
        {
            await run.RunAsync(relay.Between, $"{at}.b{chunk}");
            yield return chunk++;
        }
    }

    private static async IAsyncEnumerable<int> MergeAsync(
        Source.Merged merged, MadeStream?[] parts, ProgramRun run, string at)
    {
        var chunks = Channel.CreateUnbounded<int>();
        var pumps = parts.Select(async (part, i) =>
        {
            await using var pulls = (part ?? run.Make(merged.Parts[i], $"{at}.{i}")).Start();
            while (await pulls.MoveNextAsync())
            {
                chunks.Writer.TryWrite(i);
            }
        }).AllAsync();
        var completion = CompleteAsync();
        try
        {
            await foreach (var chunk in chunks.Reader.ReadAllAsync())
            {
                yield return chunk;
            }

            await pumps;
        }
        finally
        {
            await completion;
        }

        async Task CompleteAsync()
        {
            await pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            chunks.Writer.Complete();
        }
    }
}
