using System.Text.RegularExpressions;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>Holds the links among the documents to files and headings that are there.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Documents =>
    [
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "AGENTS.md",
        .. RepositoryFile.PathsBeneath("docs", "*.md"),
        .. Directory.GetDirectories(RepositoryFile.PathOf("samples"))
            .Select(static folder => $"samples/{Path.GetFileName(folder)}/README.md")
            .Where(static path => File.Exists(RepositoryFile.PathOf(path))),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_OfADocument_LeadToAFileAndAHeading(string document)
    {
        var broken = Link().Matches(WithoutFences(RepositoryFile.Read(document)))
            .Select(static match => match.Groups[1].Value)
            .Where(static link => !link.Contains("://", StringComparison.Ordinal))
            .Where(link => !Resolves(document, link));

        Assert.Empty(broken);
    }

    private static bool Resolves(string document, string link)
    {
        var (path, anchor) = link.Split('#', 2) is [var file, var heading] ? (file, heading) : (link, null);
        var folder = Path.GetDirectoryName(RepositoryFile.PathOf(document))!;
        var target = path.Length == 0 ? RepositoryFile.PathOf(document) : Path.GetFullPath(Path.Combine(folder, path));
        return anchor is null
            ? File.Exists(target) || Directory.Exists(target)
            : File.Exists(target) && AnchorsOf(File.ReadAllText(target)).Contains(anchor);
    }

    // As GitHub makes them of headings.
    private static IEnumerable<string> AnchorsOf(string text) => Heading().Matches(WithoutFences(text.ReplaceLineEndings("\n")))
        .Select(static match => NotInAnchors().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    private static string WithoutFences(string text) => Fence().Replace(text, "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("^ *```.*?^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
