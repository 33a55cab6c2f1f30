namespace LlmTracing.Tests.Integration.Documents;

/// <summary>Holds the C# of the documents to code that is compiled, so that it cannot rot.</summary>
public sealed class ExampleTests
{
    // The second are compiled where their packages are served.
    private static readonly string[] Folders = ["tests/Integration/Documents", "tests/SentrySdk/Documents"];

    public static TheoryData<string, int> Examples
    {
        get
        {
            var examples = new TheoryData<string, int>();
            foreach (var document in RepositoryFile.PathsIn("docs", "*.md").Prepend("README.md"))
            {
                foreach (var (number, _) in RepositoryFile.FencesOf(document, "csharp").Index())
                {
                    examples.Add(document, number + 1);
                }
            }

            return examples;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_OfADocument_IsCompiledByOneFileHere(string document, int number)
    {
        var example = LinesOf(RepositoryFile.FencesOf(document, "csharp").ElementAt(number - 1));

        var missing = Folders.SelectMany(static folder => RepositoryFile.PathsIn(folder, "*.cs"))
            .Select(file => (File: file, Line: FirstNotIn(LinesOf(RepositoryFile.Read(file)), example)))
            .ToList();

        Assert.True(
            missing.Any(static file => file.Line is null),
            $"No file of {string.Join(" or ", Folders)} has the lines of example {number} of {document} in its order. The first missing in each: "
            + string.Join("; ", missing.Select(static file => $"{Path.GetFileName(file.File)}: {file.Line}")));
    }

    // Other lines may stand between: what the example leaves out.
    private static string? FirstNotIn(string[] file, string[] example)
    {
        var next = 0;
        foreach (var line in example)
        {
            next = Array.IndexOf(file, line, next) + 1;
            if (next == 0)
            {
                return line;
            }
        }

        return null;
    }

    private static string[] LinesOf(string text) =>
        [.. text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0)];
}
