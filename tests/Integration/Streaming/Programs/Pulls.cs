namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Pulls a stream chunk by chunk and opens the gates that it waits at.</summary>
internal sealed class Pulls(IAsyncEnumerator<int> chunks, PullGates? gates) : IAsyncDisposable
{
    private int _pulls;

    // Not async: what the product leaves behind in the caller's context must get there.
    public ValueTask<bool> MoveNextAsync()
    {
        var pull = chunks.MoveNextAsync();
        gates?.Open(_pulls++);
        return pull;
    }

    public ValueTask DisposeAsync() => chunks.DisposeAsync();
}
