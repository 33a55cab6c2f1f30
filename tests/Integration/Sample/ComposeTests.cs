using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Sample;

/// <summary>What <c>docker-compose.yml</c> says, as docker-compose itself reads it, which needs no engine for that.</summary>
/// <remarks>Seen to fail: with a port published without an address, and with a service without its profile.</remarks>
public sealed class ComposeTests
{
    private const string Install = "Needs docker-compose: apt-get install --no-install-recommends docker-compose";

    [Fact]
    public async Task Compose_AllProfiles_PublishesOnLoopbackAlone()
    {
        var config = await ConfigAsync();

        var published = ValuesIn(config, "ports");
        Assert.Equal(
            ["127.0.0.1:5080:5080/tcp", "127.0.0.1:5081:5080/tcp", "127.0.0.1:8969:8969/tcp"],
            published.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(config, static line => line.Contains("network_mode", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compose_Services_AreTheSampleAndSpotlightAndByProfileOllama()
    {
        var config = await ConfigAsync();

        Assert.Equal(
            ["ollama: ollama", "ollama-model: ollama", "sample: ", "sample-ollama: ollama", "spotlight: "],
            ServicesOf(config).Select(service => $"{service.Name}: {string.Join(' ', ValuesIn(service.Lines, "profiles"))}"));
    }

    [Fact]
    public async Task Compose_SampleOfOllama_AsksItAndShowsItsTraces()
    {
        var service = ServicesOf(await ConfigAsync()).Single(static service => service.Name == "sample-ollama");

        Assert.Equal(
            ["Llm__ApiKey: none", "Llm__BaseUrl: http://ollama:11434/v1", "Llm__Model: qwen2.5:0.5b", "Llm__Provider: openai"],
            service.Lines.Select(static line => line.Trim()).Where(static line => line.StartsWith("Llm__", StringComparison.Ordinal)));
        Assert.Contains("      SENTRY_SPOTLIGHT: http://spotlight:8969/stream", service.Lines);
    }

    private static async Task<string[]> ConfigAsync()
    {
        var program = RealComponent.RequireProgram(Install, "docker-compose");
        var (exitCode, output, error) = await Command.RunAsync(
            program, RepositoryFile.PathOf("."), "--profile", "ollama", "config");
        Assert.True(exitCode == 0, error);
        return output.Split('\n');
    }

    // The name of each stands alone on a line that begins with two spaces; the lines that belong to it begin with more.
    private static List<(string Name, List<string> Lines)> ServicesOf(string[] config)
    {
        var services = new List<(string Name, List<string> Lines)>();
        foreach (var line in config.SkipWhile(static line => line != "services:").Skip(1)
            .TakeWhile(static line => line.StartsWith("  ", StringComparison.Ordinal)))
        {
            if (line[2] == ' ')
            {
                services[^1].Lines.Add(line);
            }
            else
            {
                services.Add((line.Trim().TrimEnd(':'), []));
            }
        }

        return services;
    }

    // The items of all lists of a name.
    private static IEnumerable<string> ValuesIn(IEnumerable<string> lines, string name)
    {
        var isInList = false;
        foreach (var line in lines.Select(static line => line.Trim()))
        {
            if (isInList && line.StartsWith("- ", StringComparison.Ordinal))
            {
                yield return line[2..].Trim('\'', '"');
            }

            isInList = line == $"{name}:" || (isInList && line.StartsWith("- ", StringComparison.Ordinal));
        }
    }
}
