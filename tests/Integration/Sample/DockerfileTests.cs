using System.Text.Json;
using System.Text.RegularExpressions;
using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Sample;

/// <summary>What can be held of the Dockerfiles without an engine that builds them.</summary>
/// <remarks>Seen to fail: without the line that copies one project, without USER, and with another path in the health check.</remarks>
public sealed partial class DockerfileTests
{
    private const string Sample = "samples/SseChatApi/Dockerfile";
    private const string Viewer = "samples/spotlight/Dockerfile";
    private const string SampleProject = "samples/SseChatApi/SseChatApi.csproj";

    [Theory]
    [InlineData(Sample, "")]
    [InlineData(Viewer, "samples/spotlight/")]
    public void Copy_EachSource_IsThereAndNotIgnored(string dockerfile, string context)
    {
        var ignored = RepositoryFile.Read($"{context}.dockerignore").Split('\n');
        var admitted = ignored.Where(static line => line.StartsWith('!')).Select(static line => line[1..]).ToList();
        var sources = SourcesOf(dockerfile);

        Assert.Contains("*", ignored);
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.True(Path.Exists(RepositoryFile.PathOf(context + source)), source));
        Assert.All(sources, source => Assert.Contains(
            admitted, path => source == path || source.StartsWith($"{path}/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Restore_Sample_HasEachProjectThatItNeeds()
    {
        var copied = SourcesOf(Sample).Where(static source => source.EndsWith(".csproj", StringComparison.Ordinal));

        Assert.Equal(
            ProjectsOf(SampleProject).Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Sample, "USER $APP_UID", "ENTRYPOINT ")]
    [InlineData(Viewer, "USER node", "CMD ")]
    public void User_AtTheEnd_IsNotRoot(string dockerfile, string user, string start)
    {
        var lines = RepositoryFile.Read(dockerfile).Split('\n');

        var last = Array.FindLastIndex(lines, static line => line.StartsWith("USER ", StringComparison.Ordinal));
        Assert.Equal(user, lines[last]);
        Assert.True(last < Array.FindLastIndex(lines, line => line.StartsWith(start, StringComparison.Ordinal)));
        Assert.True(last > Array.FindLastIndex(lines, static line => line.StartsWith("FROM ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task HealthCheck_OfTheSample_PassesWhileItRunsAndNotAfter()
    {
        Uri address;
        await using (var sample = await RunningSample.StartAsync(
            SampleProcess.StartInfo(["--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information"])))
        {
            address = sample.Address;
            Assert.Equal(0, await CheckAsync(Sample, "127.0.0.1/5080", $"127.0.0.1/{address.Port}"));
        }

        Assert.NotEqual(0, await CheckAsync(Sample, "127.0.0.1/5080", $"127.0.0.1/{address.Port}"));
    }

    [Fact]
    public async Task HealthCheck_OfSpotlight_PassesWhileItRunsAndNotAfter()
    {
        string address;
        await using (var spotlight = new Spotlight())
        {
            await spotlight.StartAsync();
            address = spotlight.Address.Authority;
            Assert.Equal(0, await CheckAsync(Viewer, "127.0.0.1:8969", address));
        }

        Assert.NotEqual(0, await CheckAsync(Viewer, "127.0.0.1:8969", address));
    }

    // Of the context, not of an earlier stage.
    private static List<string> SourcesOf(string dockerfile) =>
    [
        .. RepositoryFile.Read(dockerfile).Split('\n')
            .Where(static line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(static line => line.Split(' ')[1..^1]),
    ];

    private static IEnumerable<string> ProjectsOf(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        var referenced = Reference().Matches(RepositoryFile.Read(project)).Select(match => Path.GetRelativePath(
            RepositoryFile.PathOf("."), RepositoryFile.PathOf(Path.Combine(folder, match.Groups[1].Value))));
        return referenced.SelectMany(ProjectsOf).Append(project).Distinct();
    }

    // Runs the command of the image here, where something else listens on the port than there.
    private static async Task<int> CheckAsync(string dockerfile, string there, string here)
    {
        var command = RepositoryFile.Read(dockerfile).Split('\n')
            .Single(static line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)).Split(" CMD ")[1];
        Assert.Contains(there, command, StringComparison.Ordinal);
        var parts = JsonSerializer.Deserialize<string[]>(command.Replace(there, here, StringComparison.Ordinal))!;
        var program = RealComponent.RequireProgram($"Needs {parts[0]}", parts[0]);
        return (await Command.RunAsync(program, RepositoryFile.PathOf("."), parts[1..])).ExitCode;
    }

    [GeneratedRegex("<ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex Reference();
}
