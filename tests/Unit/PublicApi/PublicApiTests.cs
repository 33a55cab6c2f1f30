using System.Reflection;
using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Unit.PublicApi;

/// <summary>Holds what users can call against a file of each library: a change of it is seen in review.</summary>
public sealed class PublicApiTests
{
    private const string UpdateVariable = "UPDATE_PUBLIC_API";

    public static TheoryData<string> Libraries => ["Streaming", "Middleware", "SentryExporter", "OpenAI", "Anthropic", "Testing"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicApi_OfLibrary_IsWhatItsFileSays(string library)
    {
        var file = Path.Combine(RepositoryFolder.Path, "src", library, "PublicApi.txt");
        var actual = ApiListing.Of(Assembly.Load($"LlmTracing.{library}"));
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null)
        {
            File.WriteAllText(file, actual);
        }

        var expected = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        Assert.True(
            expected == actual,
            $"The public API of {library} has changed. If it is meant, run the tests once with {UpdateVariable}=1 and "
            + $"commit src/{library}/PublicApi.txt. New: {Difference(actual, expected)}; gone: {Difference(expected, actual)}.");
    }

    private static string Difference(string left, string right) =>
        string.Join(" | ", left.Split('\n').Except(right.Split('\n')));
}
