namespace LlmTracing.Tests.Integration.Documents;

/// <summary>Holds the C# of the documents to code that is compiled, so that it cannot rot.</summary>
public sealed class ExampleTests
{
    // The second are compiled where their packages are served.
    private static readonly string[] Folders = ["tests/Integration/Documents", "tests/SentrySdk/Documents"];

    // Of a diff, what it leaves: the code as it shall be.
    private static readonly string[] Languages = ["csharp", "diff"];

    public static TheoryData<string, string, int> Examples
    {
        get
        {
            var examples = new TheoryData<string, string, int>();
            foreach (var (document, language) in Documents.SelectMany(_ => Languages, static (path, language) => (path, language)))
            {
                foreach (var (number, _) in RepositoryFile.FencesOf(document, language).Index())
                {
                    examples.Add(document, language, number + 1);
                }
            }

            return examples;
        }
    }

    public static TheoryData<string> Pages => [.. Documents];

    private static IEnumerable<string> Documents => RepositoryFile.PathsBeneath("docs", "*.md").Prepend("README.md");

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_OfADocument_IsCompiledByOneFileHere(string document, string language, int number)
    {
        var example = ExampleOf(RepositoryFile.FencesOf(document, language).ElementAt(number - 1), language);

        var missing = Folders.SelectMany(static folder => RepositoryFile.PathsIn(folder, "*.cs"))
            .Select(file => (File: file, Line: FirstNotIn(LinesOf(RepositoryFile.Read(file)), example)))
            .ToList();

        Assert.True(
            missing.Any(static file => file.Line is null),
            $"No file of {string.Join(" or ", Folders)} has the lines of {language} {number} of {document} in its order. The first missing in each: "
            + string.Join("; ", missing.Select(static file => $"{Path.GetFileName(file.File)}: {file.Line}")));
    }

    // Else its C# would be held to nothing.
    [Theory]
    [MemberData(nameof(Pages))]
    public void Fence_OfADocument_NamesItsLanguageAsTheOthersDo(string document)
    {
        var lines = RepositoryFile.Read(document).Split('\n');

        var opening = lines.Select(static line => line.Trim())
            .Where(static line => line.StartsWith("```", StringComparison.Ordinal))
            .Where(static (_, i) => i % 2 == 0)
            .Select(static line => line[3..]);

        Assert.DoesNotContain(opening, static language => language is "" or "cs" or "c#" or "C#" or "CSharp" or "Csharp");
    }

    private static string[] ExampleOf(string fence, string language) => language == "diff"
        ? LinesOf(string.Join('\n', fence.Split('\n').Where(static line => line is [not '-', ..]).Select(static line => line[1..])))
        : LinesOf(fence);

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
