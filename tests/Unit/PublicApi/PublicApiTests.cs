namespace LlmTracing.Tests.Unit.PublicApi;

/// <summary>Holds what users can call against a file of each library: a change of it is seen in review.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries => ["Streaming", "Middleware", "SentryExporter", "OpenAI", "Anthropic", "Testing"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicApi_OfLibrary_IsWhatItsFileSays(string library) => ApiFile.AssertHolds(library);
}
