namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>The spans of a source, as it is pulled.</summary>
internal interface IExpectedSource
{
    /// <param name="now">What is current where it is pulled.</param>
    /// <param name="isTraced">Whether a stream's span is, and not whatever its consumer has.</param>
    ExpectedPull Pull(string now, bool isTraced);

    void Dispose(string now, bool isTraced);

    static IExpectedSource Make(Source source, ExpectedRun run, string at, string made) => source switch
    {
        Source.Scripted scripted => new ExpectedScript(scripted, run, at),
        Source.Relay relay => new ExpectedRelay(relay, run, at, made),
        Source.Merged merged => new ExpectedMerge(merged, run, at, made),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };
}
