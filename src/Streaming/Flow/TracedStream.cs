namespace LlmTracing.Streaming.Flow;

/// <summary>A stream whose every enumeration is one span, from its first pull to its end.</summary>
internal sealed class TracedStream<T>(IAsyncEnumerable<T> stream, LlmCall call) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        LlmTrace.Source.HasListeners()
            ? new TracedEnumerator<T>(stream, new StreamTrace(call), cancellationToken)
            : stream.GetAsyncEnumerator(cancellationToken);
}
