namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>A scripted source as SDKs have them: no iterator, so nothing that it sets in one pull is there in the next.</summary>
internal sealed class HandWrittenSource(ScriptedSteps script) : IAsyncEnumerable<int>, IAsyncEnumerator<int>
{
    private readonly Stack<LlmSpan> _holds = new();
    private int _next;
    private bool _isStarted;

    public int Current { get; private set; } = -1;

    public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

    public async ValueTask<bool> MoveNextAsync()
    {
        _isStarted = true;
        while (_next < script.Steps.Count)
        {
            switch (script.Steps[_next++])
            {
                case SourceStep.Open open:
                    _holds.Push(ProgramRun.Start(open.Hold.Kind, open.At, open.Hold.UnderRoot));
                    break;
                case SourceStep.Close:
                    _holds.Pop().Dispose();
                    break;
                case SourceStep.Work work:
                    await script.Run.RunAsync(work.Body, work.At);
                    break;
                case SourceStep.Chunk chunk:
                    Current++;
                    await (chunk.Gate == GateKind.None ? Task.CompletedTask : script.Gates!.PassAsync(Current));
                    return true;
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            await script.Run.RunAsync(script.Finally, $"{script.At}.f");
            while (_holds.TryPop(out var hold))
            {
                hold.Dispose();
            }
        }
    }
}
