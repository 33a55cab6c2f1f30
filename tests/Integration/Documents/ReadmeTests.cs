using System.Net.Http.Json;
using System.Text.RegularExpressions;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>What the READMEs promise of the first minute.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task Readme_FirstCommand_PrintsWhatItSays()
    {
        var shown = RepositoryFile.FencesOf("README.md", "text").Single(fence => fence.StartsWith(':')).Split("\n…\n");
        await using var app = new SampleApp();
        using var client = app.CreateClient();

        var printed = await client.GetStringAsync(
            new Uri("/chat?message=how%20do%20I%20start", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.StartsWith(WithoutTraceId(shown[0]), WithoutTraceId(printed), StringComparison.Ordinal);
        Assert.EndsWith(WithoutTraceId(shown[1].TrimStart('\n')) + "\n\n", WithoutTraceId(printed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SampleReadme_Command_PrintsExactlyWhatItSays()
    {
        var shown = RepositoryFile.FencesOf("samples/SseChatApi/README.md", "text").Single();
        await using var app = new SampleApp();
        using var client = app.CreateClient();

        using var response = await client.PostAsJsonAsync(
            "/chat", new { message = "hi" }, TestContext.Current.CancellationToken);
        var printed = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(WithoutTraceId(shown) + "\n\n", WithoutTraceId(printed));
    }

    private static string WithoutTraceId(string text) => TraceId().Replace(text, "\"traceId\":\"…\"");

    [GeneratedRegex("\"traceId\":\"[0-9a-f]{32}\"")]
    private static partial Regex TraceId();
}
