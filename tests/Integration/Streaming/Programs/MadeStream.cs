namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>A stream that was made, and is still to be pulled.</summary>
internal sealed record MadeStream(IAsyncEnumerable<int> Chunks, PullGates? Gates)
{
    public Pulls Start() => new(Chunks.GetAsyncEnumerator(CancellationToken.None), Gates);
}
