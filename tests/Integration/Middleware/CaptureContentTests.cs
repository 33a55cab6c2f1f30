using System.Net.ServerSentEvents;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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

    [Fact]
    public async Task CaptureContent_On_PromptAndAnswerOfAStreamAreRecordedUnderBothNames()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, capture: true, provider);

        await app.GetAsync("/chat");
        var transaction = await ingest.NextAsync();
        var chat = transaction.Single("gen_ai.chat");

        Assert.Equal("""[{"role":"user","parts":[{"type":"text","content":"asked"}]}]""", chat.Data.Text("gen_ai.input.messages"));
        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"text","content":"Hello, world"}],"finish_reason":"stop"}]""",
            chat.Data.Text("gen_ai.output.messages"));
        Assert.Equal(chat.Data.Text("gen_ai.input.messages"), chat.Data.Text("gen_ai.request.messages"));
        Assert.Equal(chat.Data.Text("gen_ai.output.messages"), chat.Data.Text("gen_ai.response.text"));
        Assert.DoesNotContain(app.Logs.All, static entry => entry.Message.Contains("asked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CaptureContent_CallSaysOtherwise_CallCounts()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, capture: false, provider);

        await app.GetAsync("/chat?capture=true");
        var wanted = (await ingest.NextAsync()).Single("gen_ai.chat");
        await app.GetAsync("/chat");
        var unsaid = (await ingest.NextAsync()).Single("gen_ai.chat");

        Assert.True(wanted.Data.Has("gen_ai.input.messages") && wanted.Data.Has("gen_ai.output.messages"));
        Assert.False(unsaid.Data.Has("gen_ai.input.messages") || unsaid.Data.Has("gen_ai.output.messages"));
    }

    [Fact]
    public async Task CaptureContent_OfOneCallAlone_IsRedactedAndCutAsTheAppSays()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, capture: false, provider, static options =>
            (options.MaxContentLength, options.Redact) = (40, static text => text.ToUpperInvariant()));

        await app.GetAsync("/chat?capture=true");
        var chat = (await ingest.NextAsync()).Single("gen_ai.chat");

        Assert.Equal("""[{"role":"user","parts":[{"type":"text","content":"ASKE…"}]}]""", chat.Data.Text("gen_ai.input.messages"));
        Assert.Contains("HELLO, WORLD", chat.Data.Text("gen_ai.output.messages"), StringComparison.Ordinal);
        Assert.True(chat.Data.Flag("llm_tracing.content.cut"));
    }

    [Fact]
    public async Task Redact_ThrowsWithWhatItWasShown_LogSaysWhereAndNotWhat()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(
            ingest, capture: true, provider, static options => options.Redact = static text => throw new FormatException(text));

        await app.GetAsync("/chat");
        var chat = (await ingest.NextAsync()).Single("gen_ai.chat");

        Assert.Equal("""[{"role":"assistant","parts":[],"finish_reason":"stop"}]""", chat.Data.Text("gen_ai.output.messages"));
        Assert.NotEmpty(app.Logs.Of("ContentFailed"));
        Assert.All(app.Logs.Of("ContentFailed"), static entry =>
        {
            Assert.Contains(nameof(FormatException), entry.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("asked", entry.Message, StringComparison.Ordinal);
            Assert.Null(entry.Exception);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(262_145)]
    public async Task MaxContentLength_OutOfRange_FailsTheStart(int length)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.MaxContentLength = length,
        }));

        Assert.Contains("MaxContentLength", failure.Message, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(
        SentryIngest ingest, bool? capture, ScriptedOpenAi? provider = null, Action<LlmTracingOptions>? options = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Configuration = new Dictionary<string, string?> { ["LlmTracing:CaptureContent"] = capture?.ToString() },
            Options = options,
            Tracing = tracing => tracing.AddSentryExporter(options => options.Dsn = ingest.Dsn).AddOpenAIReaders(),
            Inside = app => Map(app, provider),
        });

    private static void Map(WebApplication app, ScriptedOpenAi? provider)
    {
        app.MapGet("/", static () =>
        {
            using var tool = LlmTrace.StartTool("search");
            tool.SetContent(GenAiAttributes.ToolCallArguments, """{"query":"q"}""");
            tool.SetContent(GenAiAttributes.ToolCallResult, "3 hits");
        });
        app.MapGet("/chat", (bool? capture) => Results.TracedSse(
            LlmTrace.Defer(token => OpenAiModel.Of(provider!).CompleteChatStreamingAsync(
                [PlantedSecrets.Prompt], cancellationToken: token)),
            static _ => (SseItem<string>?)null,
            new LlmCall("m") { Provider = "openai", Messages = [new(ChatRole.User, "asked")], CaptureContent = capture }));
    }
}
