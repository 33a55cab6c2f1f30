namespace LlmTracing.Benchmarks.Micro.Readers;

/// <summary>A stream that never waits: one chunk, and then another again and again.</summary>
internal sealed class RepeatedChunk<T>(T first, T next, int count) : IAsyncEnumerable<T>, IAsyncEnumerator<T>
{
    private int _given;

    public T Current => _given == 1 ? first : next;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        _given = 0;
        return this;
    }

    public ValueTask<bool> MoveNextAsync() => new(_given++ < count);

    public ValueTask DisposeAsync() => default;
}
