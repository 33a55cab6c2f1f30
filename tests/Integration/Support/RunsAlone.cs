namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// Tests that run alone, after the others: spans that begin outside of any request reach every app in the process.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunsAlone
{
    public const string Name = "Runs alone";
}
