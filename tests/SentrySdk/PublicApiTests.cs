using LlmTracing.Tests.Unit.PublicApi;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>As for the libraries of Middleware.sln.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_OfTheAdapter_IsWhatItsFileSays() => ApiFile.AssertHolds("SentrySdk");
}
