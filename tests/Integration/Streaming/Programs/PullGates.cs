namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>A gate for each chunk of a source, which its consumer opens when MoveNextAsync has returned.</summary>
/// <remarks>An iterator that waits at one completes only when whoever awaits its pull has registered for that.</remarks>
internal sealed class PullGates(IEnumerable<GateKind> gates)
{
    private readonly TaskCompletionSource[] _gates =
    [
        .. gates.Select(static gate => new TaskCompletionSource(
            gate == GateKind.Inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously)),
    ];

    public Task PassAsync(int chunk) => _gates[chunk].Task;

    public void Open(int pull)
    {
        if (pull < _gates.Length)
        {
            _gates[pull].TrySetResult();
        }
    }
}
