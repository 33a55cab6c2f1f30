namespace LlmTracing.Streaming.Flow;

/// <summary>A stream whose every enumeration is one span, from its first pull to its end.</summary>
internal sealed class TracedStream<T>(IAsyncEnumerable<T> stream, LlmCall call) : IAsyncEnumerable<T>
{
    private readonly SpanParent _madeUnder = SpanParent.FindAtCall(call);

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var host = CurrentRequest.Host;
        return LlmTrace.Source.HasListeners() || host.Metrics.IsEnabled
            ? new TracedEnumerator<T>(stream, new StreamTrace(call, _madeUnder, host, TimeProvider.System), cancellationToken)
            : stream.GetAsyncEnumerator(cancellationToken);
    }
}
