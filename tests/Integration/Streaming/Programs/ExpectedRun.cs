namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Reads a program for the spans that it must leave behind. Nothing of the product runs for that.</summary>
internal sealed class ExpectedRun
{
    public ExpectedTree Tree { get; } = new();

    public static ExpectedTree Of(SpanProgram program)
    {
        var run = new ExpectedRun();
        run.Run(program.Steps, "p", SpanNames.Root);
        run.Tree.End(SpanNames.Root);
        return run.Tree;
    }

    /// <summary>Reads steps that run where <paramref name="now"/> is current.</summary>
    /// <returns>Whether they ended; false where one threw.</returns>
    public bool Run(IReadOnlyList<Step> steps, string at, string now)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (!Run(steps[i], $"{at}.{i}", now))
            {
                return false;
            }
        }

        return true;
    }

    public string Start(SpanKind kind, string at, string parent) => Tree.Add(new(SpanNames.Of(kind, at), parent)
    {
        IsCall = kind == SpanKind.Chat,
        HasTokens = kind == SpanKind.Chat,
        IsTool = kind == SpanKind.Tool,
    });

    private bool Run(Step step, string at, string now)
    {
        switch (step)
        {
            case Step.Http:
                Tree.End(Tree.Add(new(SpanNames.OfHttp(at), now)));
                return true;
            case Step.Throw:
                return false;
            case Step.Catch guarded:
                Run(guarded.Body, at, now);
                return true;
            case Step.Span span:
                return RunSpan(span.Kind, span.Style != SpanStyle.Using, span.Body, at, span.UnderRoot ? SpanNames.Root : now);
            case Step.Parallel parallel:
                return RunParallel(parallel, at, now);
            case Step.Consume consume:
                return Consume(consume, new ExpectedStream(this, consume.Stream, at, now), at, now);
            case Step.Interleave interleave:
                return Interleave(interleave, at, now);
            case Step.Handoff handoff:
                return HandOff(handoff, at, now);
            default:
                return true;
        }
    }

    // Only RunAsync sees what its body throws.
    private bool RunSpan(SpanKind kind, bool byRunAsync, IReadOnlyList<Step> body, string at, string parent)
    {
        var span = Start(kind, at, parent);
        var ended = Run(body, at, span);
        Tree.End(span).IsFailed = byRunAsync && !ended;
        return ended;
    }

    private bool RunParallel(Step.Parallel parallel, string at, string now)
    {
        var ended = true;
        for (var i = 0; i < parallel.Branches.Count; i++)
        {
            var (branch, here) = (parallel.Branches[i], $"{at}.{i}");
            var isSpan = parallel.Kind == ParallelKind.RunAsync
                || (parallel.Kind == ParallelKind.Fork && i < parallel.Branches.Count - 1);
            ended &= isSpan ? RunSpan(SpanKind.Task, true, branch, here, now) : Run(branch, here, now);
        }

        return ended;
    }

    private bool Consume(Step.Consume consume, ExpectedStream stream, string at, string now)
    {
        var inSpans = consume.Style == PullStyle.InSpans && !consume.Stream.IsLoose;
        var ended = true;
        for (var chunk = 0; ended && chunk != consume.Take; chunk++)
        {
            var span = inSpans ? Start(SpanKind.Task, $"{at}.p{chunk}", now) : null;
            var pull = stream.Pull(span ?? now);
            if (span is not null)
            {
                Tree.End(span);
            }

            if (pull == ExpectedPull.End)
            {
                break;
            }

            ended = pull == ExpectedPull.Chunk && Run(consume.Between, $"{at}.b{chunk}", now);
        }

        stream.Dispose(now);
        return ended && Run(consume.After, $"{at}.a", now);
    }

    private bool Interleave(Step.Interleave interleave, string at, string now)
    {
        ExpectedStream[] all =
            [.. interleave.Streams.Select((stream, i) => new ExpectedStream(this, stream, $"{at}.{i}", now))];
        var open = all.ToHashSet();
        var ended = true;
        for (var i = 0; ended && i < interleave.Pulls.Count; i++)
        {
            var set = interleave.Pulls[i];
            foreach (var one in all.Where((one, bit) => (set & (1 << bit)) != 0 && open.Contains(one)).ToArray())
            {
                var pull = one.Pull(now);
                ended &= pull != ExpectedPull.Throw;
                if (pull == ExpectedPull.End)
                {
                    open.Remove(one);
                }
            }

            ended = ended && Run(interleave.Between, $"{at}.b{i}", now);
        }

        foreach (var one in all)
        {
            one.Dispose(now);
        }

        return ended && Run(interleave.After, $"{at}.a", now);
    }

    private bool HandOff(Step.Handoff handoff, string at, string now)
    {
        var makers = Nest("m", handoff.Makers);
        var stream = new ExpectedStream(this, handoff.Consumption.Stream, at, makers.LastOrDefault(now));
        End(makers.Skip(handoff.Kept));
        var pullers = Nest("q", handoff.Pullers);
        var ended = Consume(handoff.Consumption, stream, at, pullers.LastOrDefault(now));
        End(pullers);
        End(makers.Take(handoff.Kept));
        return ended;

        List<string> Nest(string letter, int count)
        {
            var spans = new List<string>();
            for (var i = 0; i < count; i++)
            {
                spans.Add(Start(SpanKind.Task, $"{at}.{letter}{i}", spans.LastOrDefault(now)));
            }

            return spans;
        }

        void End(IEnumerable<string> spans)
        {
            foreach (var span in spans)
            {
                Tree.End(span);
            }
        }
    }
}
