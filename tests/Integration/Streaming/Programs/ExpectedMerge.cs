namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>The spans of an iterator that reads several streams at once, all to their ends.</summary>
internal sealed class ExpectedMerge : IExpectedSource
{
    private readonly Source.Merged _merged;
    private readonly ExpectedRun _run;
    private readonly string _at;
    private readonly ExpectedStream[]? _given;
    private int? _chunks;
    private bool _isFailed;

    public ExpectedMerge(Source.Merged merged, ExpectedRun run, string at, string made)
    {
        (_merged, _run, _at) = (merged, run, at);
        _given = merged.MadeInside ? null : Make(made);
    }

    public ExpectedPull Pull(string now, bool isTraced)
    {
        _chunks ??= (_given ?? Make(now)).Sum(part => ReadToEnd(part, now));
        if (_chunks-- > 0)
        {
            return ExpectedPull.Chunk;
        }

        return _isFailed ? ExpectedPull.Throw : ExpectedPull.End;
    }

    public void Dispose(string now, bool isTraced)
    {
    }

    private ExpectedStream[] Make(string made) =>
        [.. _merged.Parts.Select((part, i) => new ExpectedStream(_run, part, $"{_at}.{i}", made))];

    private int ReadToEnd(ExpectedStream part, string now)
    {
        var (chunks, pull) = (0, part.Pull(now));
        for (; pull == ExpectedPull.Chunk; pull = part.Pull(now))
        {
            chunks++;
        }

        part.Dispose(now);
        _isFailed |= pull == ExpectedPull.Throw;
        return chunks;
    }
}
