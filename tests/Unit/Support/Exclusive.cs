namespace LlmTracing.Tests.Unit.Support;

/// <summary>For tests that need a process in which no other test listens.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Exclusive
{
    public const string Name = "Exclusive";
}
