using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Middleware;

/// <summary>What tools are given and give back leaves the process only where the app has asked for it.</summary>
public sealed class CaptureContentTests
{
    [Fact]
    public async Task CaptureContent_ByDefault_IsOff()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, capture: null);

        await app.GetAsync("/");
        var tool = (await ingest.NextAsync()).Single("gen_ai.execute_tool");

        Assert.Equal(
            ["gen_ai.operation.name", "gen_ai.tool.name", "llm_tracing.parent"],
            tool.Json.GetProperty("data").EnumerateObject().Select(static member => member.Name).Order());
    }

    [Fact]
    public async Task CaptureContent_On_ArgumentsAndResultAreRecordedUnderBothNames()
    {
        await using var ingest = await SentryIngest.StartAsync();

        // Another app in the process, which has not asked for it, changes nothing.
        await using var other = await StartAsync(ingest, capture: false);
        await using var app = await StartAsync(ingest, capture: true);

        await app.GetAsync("/");
        var mine = (await ingest.NextAsync()).Single("gen_ai.execute_tool");
        await other.GetAsync("/");
        var others = (await ingest.NextAsync()).Single("gen_ai.execute_tool");

        Assert.Equal("""{"query":"q"}""", mine.Data.Text("gen_ai.tool.call.arguments"));
        Assert.Equal("""{"query":"q"}""", mine.Data.Text("gen_ai.tool.input"));
        Assert.Equal("3 hits", mine.Data.Text("gen_ai.tool.call.result"));
        Assert.Equal("3 hits", mine.Data.Text("gen_ai.tool.output"));
        Assert.False(others.Data.Has("gen_ai.tool.call.arguments"));
    }

    private static Task<TestApp> StartAsync(SentryIngest ingest, bool? capture) => TestApp.StartAsync(new TestAppSetup
    {
        Configuration = new Dictionary<string, string?> { ["LlmTracing:CaptureContent"] = capture?.ToString() },
        Tracing = tracing => tracing.AddSentryExporter(options => options.Dsn = ingest.Dsn),
        Inside = app => app.MapGet("/", static () =>
        {
            using var tool = LlmTrace.StartTool("search");
            tool.SetContent(GenAiAttributes.ToolCallArguments, """{"query":"q"}""");
            tool.SetContent(GenAiAttributes.ToolCallResult, "3 hits");
        }),
    });
}
