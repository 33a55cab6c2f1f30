namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Pulls streams, in all the ways that consumers have.</summary>
internal sealed class StreamRun(ProgramRun run)
{
    public async Task ConsumeAsync(Step.Consume consume, MadeStream made, string at)
    {
        var chunk = 0;
        if (consume is { Style: PullStyle.Foreach, Take: not 0 } && made.Gates is null)
        {
            await foreach (var _ in made.Chunks)
            {
                await run.RunAsync(consume.Between, $"{at}.b{chunk}");
                if (++chunk == consume.Take)
                {
                    break;
                }
            }
        }
        else
        {
            var inSpans = consume.Style == PullStyle.InSpans && !consume.Stream.IsLoose;
            await using var pulls = made.Start();
            while (chunk != consume.Take)
            {
                using (inSpans ? LlmTrace.StartTask($"{at}.p{chunk}") : null)
                {
                    if (!await pulls.MoveNextAsync())
                    {
                        break;
                    }
                }

                await run.RunAsync(consume.Between, $"{at}.b{chunk++}");
            }
        }

        await run.RunAsync(consume.After, $"{at}.a");
    }

    public async Task InterleaveAsync(Step.Interleave interleave, string at)
    {
        var all = interleave.Streams.Select((stream, i) => run.Make(stream, $"{at}.{i}").Start()).ToArray();
        var open = all.ToHashSet();
        try
        {
            for (var i = 0; i < interleave.Pulls.Count; i++)
            {
                var set = interleave.Pulls[i];
                Pulls[] pulled = [.. all.Where((one, bit) => (set & (1 << bit)) != 0 && open.Contains(one))];
                var ended = await PullAsync(pulled);
                open.ExceptWith(ended);
                await run.RunAsync(interleave.Between, $"{at}.b{i}");
            }
        }
        finally
        {
            foreach (var one in all)
            {
                await one.DisposeAsync();
            }
        }

        await run.RunAsync(interleave.After, $"{at}.a");
    }

    public async Task HandOffAsync(Step.Handoff handoff, string at)
    {
        var made = new TaskCompletionSource<MadeStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pulled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var making = MakeAsync();
        var pullers = new Stack<LlmSpan>();
        try
        {
            var stream = await made.Task;
            for (var i = 0; i < handoff.Pullers; i++)
            {
                pullers.Push(LlmTrace.StartTask($"{at}.q{i}"));
            }

            await ConsumeAsync(handoff.Consumption, stream, at);
        }
        finally
        {
            Close(pullers, 0);
            pulled.SetResult();
            await making;
        }

        async Task MakeAsync()
        {
            var makers = new Stack<LlmSpan>();
            for (var i = 0; i < handoff.Makers; i++)
            {
                makers.Push(LlmTrace.StartTask($"{at}.m{i}"));
            }

            var stream = run.Make(handoff.Consumption.Stream, at);
            Close(makers, handoff.Kept);
            made.SetResult(stream);
            await pulled.Task;
            Close(makers, 0);
        }
    }

    // All are called before any is awaited.
    private static async Task<List<Pulls>> PullAsync(Pulls[] pulled)
    {
        var ended = new List<Pulls>();
        var waiting = pulled.Select(static one => (one, TryPull(one))).ToArray();
        PlannedFailureException? failure = null;
        foreach (var (one, pull) in waiting)
        {
            try
            {
                if (!await pull)
                {
                    ended.Add(one);
                }
            }
            catch (PlannedFailureException exception)
            {
                failure = exception;
            }
        }

        return failure is null ? ended : throw failure;
    }

    private static Task<bool> TryPull(Pulls pulls)
    {
        try
        {
            return pulls.MoveNextAsync().AsTask();
        }
        catch (PlannedFailureException exception)
        {
            return Task.FromException<bool>(exception);
        }
    }

    private static void Close(Stack<LlmSpan> spans, int kept)
    {
        while (spans.Count > kept)
        {
            spans.Pop().Dispose();
        }
    }
}
