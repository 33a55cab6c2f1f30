namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>The spans of a program, as it is read in order.</summary>
internal sealed class ExpectedTree
{
    private readonly Dictionary<string, ExpectedSpan> _spans = new() { [SpanNames.Root] = new(SpanNames.Root, null) };
    private readonly HashSet<string> _ended = [];

    public IReadOnlyCollection<ExpectedSpan> Spans => _spans.Values;

    /// <summary>Gets how many calls have no call beneath them but in the run of a tool.</summary>
    public int Calls => LeavesOf(static span => span.IsCall);

    /// <summary>Gets the tokens of the spans that have tokens and none beneath them that has.</summary>
    public long InputTokens => LeavesOf(static span => span.HasTokens) * ExpectedSpan.InputTokensOfChat;

    public string Add(ExpectedSpan span)
    {
        _spans.Add(span.Name, span);
        return span.Name;
    }

    public ExpectedSpan End(string name)
    {
        Assert.True(_ended.Add(name), $"{name} ends twice.");
        return _spans[name];
    }

    public bool IsOpen(string name) => !_ended.Contains(name);

    public string NearestOpen(string name) => IsOpen(name) ? name : NearestOpen(_spans[name].Parent!);

    /// <summary>The parent of a stream: where it is pulled, if that is where it was made or beneath it.</summary>
    public string ParentOfStream(string made, string pulled)
    {
        var (call, now) = (NearestOpen(made), NearestOpen(pulled));
        return AncestorsOf(now).Contains(call) ? now : call;
    }

    private int LeavesOf(Func<ExpectedSpan, bool> isOne)
    {
        var ones = _spans.Values.Where(isOne).ToList();
        return ones.Count(one => !ones.Exists(other => Repeats(one, other)));
    }

    // A call that a tool makes is another than the one that asked for the tool; what else stands above a call repeats it.
    private bool Repeats(ExpectedSpan above, ExpectedSpan one)
    {
        var way = AncestorsOf(one.Parent).Prepend(one.Name).TakeWhile(name => name != above.Name).ToList();
        return AncestorsOf(one.Parent).Contains(above.Name) && !(above.IsCall && way.Exists(name => _spans[name].IsTool));
    }

    private IEnumerable<string> AncestorsOf(string? name)
    {
        for (; name is not null; name = _spans[name].Parent)
        {
            yield return name;
        }
    }
}
