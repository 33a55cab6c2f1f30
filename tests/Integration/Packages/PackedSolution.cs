using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Packages;
using LlmTracing.Tests.Integration.Support;

[assembly: AssemblyFixture(typeof(PackedSolution))]

namespace LlmTracing.Tests.Integration.Packages;

/// <summary>
/// What <c>dotnet pack</c> makes of the solution: once for the whole run, for the first test that asks, in a folder apart
/// from other builds. A test class gets it as the parameter of its constructor.
/// </summary>
public sealed class PackedSolution : IDisposable
{
    /// <summary>The repository on GitHub that the sources would be in, if this clone came from there.</summary>
    public const string Repository = "llm-tracing-tests/llm-tracing";

    private const string Remote = "packed";

    private readonly TempFolder _folder = new();
    private readonly Lazy<Task<string>> _feed;

    public PackedSolution() => _feed = new Lazy<Task<string>>(PackAsync);

    /// <summary>Gets a version that no package had before: one that is cached cannot be taken for it.</summary>
    public string Version { get; } = $"0.1.0-t{Guid.NewGuid():N}";

    /// <summary>Gives the folder of the packages, which is a feed too.</summary>
    public Task<string> PackOnceAsync() => _feed.Value;

    internal async Task<Package> OpenAsync(string id, string extension = "nupkg") =>
        new(Path.Combine(await PackOnceAsync(), $"{id}.{Version}.{extension}"));

    public void Dispose() => _folder.Dispose();

    private async Task<string> PackAsync()
    {
        var feed = Path.Combine(_folder.Path, "feed");

        // Source link asks git where the sources are. A remote of the user's stands in for the clone's, which may be any.
        var settings = Directory.CreateDirectory(Path.Combine(_folder.Path, "config", "git"));
        await File.WriteAllTextAsync(
            Path.Combine(settings.FullName, "config"),
            $"[remote \"{Remote}\"]\n\turl = https://someone:secret@github.com/{Repository}.git\n",
            TestContext.Current.CancellationToken);

        await DotnetCommand.RunAsync(
            RepositoryFile.PathOf("."),
            new Dictionary<string, string?> { ["XDG_CONFIG_HOME"] = settings.Parent!.FullName },
            "pack",
            "Middleware.sln",
            "--configuration",
            "Release",
            "--output",
            feed,
            "--disable-build-servers",
            $"-p:Version={Version}",
            $"-p:GitRepositoryRemoteName={Remote}",
            "-p:GitRepositoryConfigurationScope=",
            $"-p:ArtifactsPath={Path.Combine(_folder.Path, "artifacts")}");
        return feed;
    }
}
