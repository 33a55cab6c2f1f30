namespace LlmTracing.Streaming.Flow;

/// <summary>A stream whose every enumeration is one span, from its first pull to its end.</summary>
internal sealed class TracedStream<T>(IAsyncEnumerable<T> stream, LlmCall call) : IAsyncEnumerable<T>
{
    private readonly SpanParent _madeUnder = SpanParent.FindAtCall(call);

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        LlmTrace.Source.HasListeners() || CurrentRequest.Metrics.IsEnabled
            ? new TracedEnumerator<T>(
                stream, new StreamTrace(call, _madeUnder, CurrentRequest.Host, TimeProvider.System), cancellationToken)
            : stream.GetAsyncEnumerator(cancellationToken);
}
