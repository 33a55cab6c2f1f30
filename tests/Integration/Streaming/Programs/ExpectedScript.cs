namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>The spans of a scripted source.</summary>
/// <remarks>
/// A span that a traced iterator holds over a yield is current after it; in any other source, its consumer's is.
/// </remarks>
internal sealed class ExpectedScript(Source.Scripted scripted, ExpectedRun run, string at) : IExpectedSource
{
    private readonly IReadOnlyList<SourceStep> _steps = SourceStep.Of(scripted.Items, at);
    private readonly Stack<(string Span, string Before)> _holds = new();
    private int _next;
    private string? _kept;
    private bool _isOver;

    public ExpectedPull Pull(string now, bool isTraced)
    {
        now = _kept ?? now;
        while (_next < _steps.Count)
        {
            switch (_steps[_next++])
            {
                case SourceStep.Open open:
                    var before = now;
                    now = run.Start(open.Hold.Kind, open.At, open.Hold.UnderRoot ? SpanNames.Root : now);
                    _holds.Push((now, before));
                    break;
                case SourceStep.Close:
                    now = Close(now);
                    break;
                case SourceStep.Work work when !run.Run(work.Body, work.At, now):
                    return End(ExpectedPull.Throw, now);
                case SourceStep.Chunk:
                    _kept = isTraced && !scripted.ByHand ? now : null;
                    return ExpectedPull.Chunk;
            }
        }

        return End(ExpectedPull.End, now);
    }

    public void Dispose(string now, bool isTraced)
    {
        if (!_isOver)
        {
            RunFinally(_kept ?? now);
        }
    }

    // An iterator ends in its last pull, one by hand where it is disposed.
    private ExpectedPull End(ExpectedPull pull, string now)
    {
        _kept = null;
        if (!scripted.ByHand)
        {
            RunFinally(now);
        }

        return pull;
    }

    private void RunFinally(string now)
    {
        _isOver = true;
        run.Run(scripted.Finally, $"{at}.f", now);
        while (_holds.Count > 0)
        {
            now = Close(now);
        }
    }

    // What was current before a span is current again only where the span itself was.
    private string Close(string now)
    {
        var (span, before) = _holds.Pop();
        run.Tree.End(span);
        return now == span ? run.Tree.NearestOpen(before) : now;
    }
}
