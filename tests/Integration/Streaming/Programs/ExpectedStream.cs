namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>The spans of a stream, as it is pulled.</summary>
internal sealed class ExpectedStream
{
    private readonly ExpectedRun _run;
    private readonly StreamPlan _plan;
    private readonly string _at;
    private readonly string _made;
    private readonly IExpectedSource _source;
    private readonly List<string> _layers = [];
    private bool _isStarted;
    private long _chunks;

    public ExpectedStream(ExpectedRun run, StreamPlan plan, string at, string made)
    {
        (_run, _plan, _at, _made) = (run, plan, at, made);
        _source = IExpectedSource.Make(plan.Source, run, $"{at}.s", made);
    }

    public ExpectedPull Pull(string now)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            StartLayers(now);
        }

        var pull = _source.Pull(Within(now), isTraced: _layers.Count > 0);
        _chunks += pull == ExpectedPull.Chunk ? 1 : 0;
        if (pull != ExpectedPull.Chunk)
        {
            End(pull == ExpectedPull.End ? StreamOutcome.Completed : StreamOutcome.UpstreamFailed);
        }

        return pull;
    }

    public void Dispose(string now)
    {
        // A source that was never pulled has no enumerator yet.
        if (_isStarted)
        {
            _source.Dispose(Within(now), isTraced: _layers.Count > 0);
            if (_layers.Count > 0 && _run.Tree.IsOpen(_layers[0]))
            {
                End(StreamOutcome.Abandoned);
            }
        }
    }

    private void StartLayers(string now)
    {
        for (var layer = _plan.Layers - 1; layer >= 0; layer--)
        {
            var isExplicit = _plan.UnderRoot && layer == _plan.Layers - 1;
            var parent = isExplicit ? SpanNames.Root : _run.Tree.ParentOfStream(_made, now);
            now = _run.Tree.Add(new(SpanNames.OfStream(_at, layer), parent) { IsCall = true });
            _layers.Add(now);
        }
    }

    // What is current in the source's own code: the innermost layer's span, or what is still open above it.
    private string Within(string now) => _layers.Count == 0 ? now : _run.Tree.NearestOpen(_layers[^1]);

    private void End(StreamOutcome outcome)
    {
        foreach (var layer in _layers)
        {
            var span = _run.Tree.End(layer);
            span.Outcome = outcome;
            span.Chunks = _chunks;
            span.IsFailed = outcome == StreamOutcome.UpstreamFailed;
        }
    }
}
