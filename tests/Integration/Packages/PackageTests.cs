using System.Text;
using System.Xml.Linq;
using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Packages;

/// <summary>What users of the packages get. They are packed after the other tests, which a build would slow.</summary>
[Collection(RunsAlone.Name)]
public sealed class PackageTests(PackedSolution packed)
{
    private const string Own = "=";

    /// <summary>Each library with what it depends on, and the version of that: of one of ours, its own.</summary>
    public static TheoryData<string, string[]> Libraries => new()
    {
        { "LlmTracing.Streaming", ["Microsoft.Extensions.AI.Abstractions 10.11.0"] },
        { "LlmTracing.Middleware", ["LlmTracing.Streaming ="] },
        { "LlmTracing.SentryExporter", ["LlmTracing.Middleware ="] },
        { "LlmTracing.OpenAI", ["LlmTracing.Middleware =", "OpenAI 2.15.0"] },
        { "LlmTracing.Anthropic", ["Anthropic 13.11.0", "LlmTracing.Middleware ="] },
        { "LlmTracing.Testing", ["LlmTracing.Middleware =", "Microsoft.AspNetCore.Mvc.Testing 10.0.14"] },
    };

    public static TheoryData<string> Ids => [.. Libraries.Select(row => row.Data.Item1)];

    [Fact]
    public async Task Pack_OfSolution_PacksLibrariesAndTemplatesAlone()
    {
        var feed = await packed.PackOnceAsync();

        var names = Libraries
            .SelectMany(row => new[] { "nupkg", "snupkg" }, (row, extension) => $"{row.Data.Item1}.{packed.Version}.{extension}")
            .Append($"LlmTracing.Templates.{packed.Version}.nupkg");
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            Directory.GetFiles(feed).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Package_OfLibrary_HoldsWhatItShouldAndNoMore(string id, string[] dependencies)
    {
        using var package = await packed.OpenAsync(id);
        using var symbols = await packed.OpenAsync(id, "snupkg");

        Assert.Equal(["README.md", "icon.png", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"], package.Files);
        Assert.Equal([$"lib/net10.0/{id}.pdb"], symbols.Files);
        Assert.NotEmpty(XDocument.Parse(Encoding.UTF8.GetString(package.Read($"lib/net10.0/{id}.xml"))).Descendants("summary"));
        Assert.Equal(
            dependencies.Select(dependency => dependency.Replace(Own, packed.Version, StringComparison.Ordinal)),
            package.Described("dependency")
                .Select(dependency => $"{dependency.Attribute("id")!.Value} {dependency.Attribute("version")!.Value}")
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Package_OfLibrary_DescribesItself(string id)
    {
        using var package = await packed.OpenAsync(id);
        string Text(string element) => Assert.Single(package.Described(element)).Value;

        Assert.Equal(("MIT", "README.md", "icon.png"), (Text("license"), Text("readme"), Text("icon")));
        Assert.Equal(RepositoryFile.Read("README.md"), Encoding.UTF8.GetString(package.Read("README.md")));
        Assert.Equal("\x89PNG", Encoding.Latin1.GetString(package.Read("icon.png")[..4]));
        Assert.EndsWith(".", Text("description"), StringComparison.Ordinal);
        Assert.Contains("sentry", Text("tags"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Symbols_OfLibrary_LeadToSourcesOfItsCommit(string id)
    {
        RealComponent.Require(Path.Exists(RepositoryFile.PathOf(".git")), "Needs a clone: git clone of the repository");
        using var package = await packed.OpenAsync(id);
        using var symbolPackage = await packed.OpenAsync(id, "snupkg");
        using var symbols = new PackedSymbols(
            package.Read($"lib/net10.0/{id}.dll"), symbolPackage.Read($"lib/net10.0/{id}.pdb"));

        var repository = Assert.Single(package.Described("repository"));
        Assert.Equal($"https://github.com/{PackedSolution.Repository}.git", repository.Attribute("url")?.Value);
        Assert.Matches("^[0-9a-f]{40}$", repository.Attribute("commit")!.Value);

        Assert.True(symbols.Match);
        var (path, address) = Assert.Single(symbols.SourceAddresses);
        Assert.Equal("/_/*", path);
        Assert.Equal(
            $"https://raw.githubusercontent.com/{PackedSolution.Repository}/{repository.Attribute("commit")!.Value}/*", address);
        Assert.NotEmpty(symbols.LinkedSources);
        Assert.All(symbols.LinkedSources, source => Assert.True(
            File.Exists(RepositoryFile.PathOf(source.Replace("/_/", "", StringComparison.Ordinal))), source));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Package_OfLibrary_IsReproducibleAndNamesNoFolderOfItsBuild(string id)
    {
        using var package = await packed.OpenAsync(id);
        using var symbolPackage = await packed.OpenAsync(id, "snupkg");
        var (assembly, pdb) = (package.Read($"lib/net10.0/{id}.dll"), symbolPackage.Read($"lib/net10.0/{id}.pdb"));
        using var symbols = new PackedSymbols(assembly, pdb);

        Assert.True(symbols.IsReproducible);
        var folder = Encoding.UTF8.GetBytes(RepositoryFolder.Path);
        Assert.All([assembly, pdb], bytes => Assert.Equal(-1, bytes.AsSpan().IndexOf(folder)));
    }
}
