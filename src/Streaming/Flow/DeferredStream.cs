namespace LlmTracing.Streaming.Flow;

/// <summary>A stream that is made when it is enumerated, with the token of its enumeration.</summary>
internal sealed class DeferredStream<T>(Func<CancellationToken, IAsyncEnumerable<T>> make) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        make(cancellationToken).GetAsyncEnumerator(cancellationToken);
}
