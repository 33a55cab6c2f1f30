using System.Reflection;
using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Unit.PublicApi;

/// <summary>The file that says what users can call of a library: <c>src/{library}/PublicApi.txt</c>.</summary>
internal static class ApiFile
{
    private const string UpdateVariable = "UPDATE_PUBLIC_API";

    public static void AssertHolds(string library)
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
