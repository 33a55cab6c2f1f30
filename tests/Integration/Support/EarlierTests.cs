namespace LlmTracing.Tests.Integration.Support;

/// <summary>Lets the tasks of earlier tests tell of the exceptions that nobody saw, before a test listens for its own.</summary>
/// <remarks>A host that could not be built leaves one, which is the platform's.</remarks>
public sealed class EarlierTests
{
    public EarlierTests()
    {
        using var earlier = new UnobservedExceptions();
        _ = earlier.Collect();
    }
}
