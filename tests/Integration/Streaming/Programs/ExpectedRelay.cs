namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>The spans of an iterator that passes another stream on.</summary>
internal sealed class ExpectedRelay(Source.Relay relay, ExpectedRun run, string at, string made) : IExpectedSource
{
    private ExpectedStream? _inner = relay.MadeInside ? null : new ExpectedStream(run, relay.Inner, $"{at}.0", made);
    private int _chunk;
    private bool _isOver;

    public ExpectedPull Pull(string now, bool isTraced)
    {
        _inner ??= new ExpectedStream(run, relay.Inner, $"{at}.0", now);
        var pull = _inner.Pull(now);
        if (pull == ExpectedPull.Chunk && !run.Run(relay.Between, $"{at}.b{_chunk++}", now))
        {
            pull = ExpectedPull.Throw;
        }

        if (pull != ExpectedPull.Chunk)
        {
            Dispose(now, isTraced);
        }

        return pull;
    }

    public void Dispose(string now, bool isTraced)
    {
        if (!_isOver)
        {
            _isOver = true;
            _inner!.Dispose(now);
        }
    }
}
