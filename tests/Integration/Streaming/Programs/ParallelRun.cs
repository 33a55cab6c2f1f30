namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Runs branches at once.</summary>
internal sealed class ParallelRun(ProgramRun run, Step.Parallel step)
{
    public async Task RunAsync(string at)
    {
        switch (step.Kind)
        {
            case ParallelKind.WhenAll:
                await step.Branches.Select(async (branch, i) => await run.RunAsync(branch, $"{at}.{i}")).AllAsync();
                break;
            case ParallelKind.RunAsync:
                await step.Branches.Select((branch, i) => RunInSpanAsync(branch, $"{at}.{i}")).AllAsync();
                break;
            case ParallelKind.TaskRun:
                await step.Branches.Select((branch, i) => Task.Run(() => run.RunAsync(branch, $"{at}.{i}"))).AllAsync();
                break;
            case ParallelKind.ForEachAsync:
                await ForEachAsync(at);
                break;
            case ParallelKind.Fork:
                await step.Branches.Select((branch, i) => i < step.Branches.Count - 1
                    ? RunInSpanAsync(branch, $"{at}.{i}")
                    : run.RunAsync(branch, $"{at}.{i}")).AllAsync();
                break;
        }
    }

    // It stops at the first that throws: which branches have run by then would be a matter of time.
    private async Task ForEachAsync(string at)
    {
        PlannedFailureException? failure = null;
        await Parallel.ForEachAsync(step.Branches.Index(), async (branch, _) =>
        {
            try
            {
                await run.RunAsync(branch.Item, $"{at}.{branch.Index}");
            }
            catch (PlannedFailureException exception)
            {
                Volatile.Write(ref failure, exception);
            }
        });
        if (Volatile.Read(ref failure) is { } thrown)
        {
            throw thrown;
        }
    }

    // Not async, as an app's own lambda would not be: the span is started in the flow that starts them all.
    private Task RunInSpanAsync(IReadOnlyList<Step> branch, string at) =>
        LlmTrace.RunAsync(LlmTrace.StartTask(at), _ => run.RunAsync(branch, at));
}
