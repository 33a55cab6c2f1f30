using System.ClientModel;
using System.Net;
using System.Text;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>A sample of the envelopes, read by what others have written to read them: Spotlight, running for real.</summary>
/// <remarks>
/// Seen to fail: with an item length of one byte less in <c>EnvelopeWriter</c> nothing is shown; without an alias in
/// <c>SentryAliases</c> the span that lacks it is named; with text trimmed in <c>AttributeWriter</c> it is not what it was.
/// </remarks>
public sealed class SpotlightTests(Spotlight spotlight) : IClassFixture<Spotlight>
{
    // What would end a line, an item, a string or a character, where it is not written as what it is.
    private const string Awkward =
        "{\"type\":\"transaction\",\"length\":2}\n{}\n\r\n\r\0\t\"\\\\n \u0085\u2028\ufeff é 漢 😀 </script> data: x\n\n";

    [Fact]
    public async Task Spotlight_AgentUsesAToolAndStreams_ShowsTheirSpansAndTokens()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Model = "m-2026", Usage = new(Input: 11, Output: 4, CacheRead: 8, Reasoning: 2) };
        await using var app = await StartAsync(app => app.MapGet("/agent/{name}", async (string name) =>
        {
            await LlmTrace.RunAsync(LlmTrace.StartAgent(name), static _ =>
                LlmTrace.RunAsync(LlmTrace.StartTool("search", callId: "call-1"), SearchAsync));
            return Results.TracedSse(
                LlmTrace.Defer(token => Ask(provider, token)),
                new LlmCall("m") { Provider = "openai", Agent = name, Temperature = 0.5, MaxOutputTokens = 100 });
        }));

        await app.GetAsync("/agent/Researcher");
        var shown = await ShownAsync(app);

        Assert.Equal("http.server GET /agent/{name} ok", Line(shown));
        Assert.Equal(
            [
                "gen_ai.invoke_agent invoke_agent Researcher ok",
                "gen_ai.execute_tool execute_tool search ok",
                "gen_ai.chat chat m ok",
                $"http.client POST {provider.BaseUrl}/chat/completions ok",
            ],
            shown.Spans.Select(Line));
        var chat = shown.Single("gen_ai.chat").Data;
        Assert.Equal(
            [11L, 4L, 15L, 8L, 8L, 2L, 2L],
            ((string[])[
                "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.total_tokens",
                "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.input_tokens.cached",
                "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.output_tokens.reasoning",
            ]).Select(chat.Count));
        Assert.Equal(
            ("openai", "openai", "m", "m-2026", "Researcher", true),
            (chat.Text("gen_ai.provider.name"), chat.Text("gen_ai.system"), chat.Text("gen_ai.request.model"),
                chat.Text("gen_ai.response.model"), chat.Text("gen_ai.agent.name"), chat.Flag("gen_ai.response.streaming")));
    }

    [Fact]
    public async Task Spotlight_ProviderRefuses_ShowsWhatFailedAndWhy()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Status = HttpStatusCode.TooManyRequests };
        await using var app = await StartAsync(app => app.MapGet("/", () => Results.TracedSse(
            LlmTrace.Defer(token => Ask(provider, token)), new LlmCall("m") { Provider = "openai" })));

        await app.GetAsync("/");
        var shown = await ShownAsync(app);

        Assert.Equal("http.server GET / resource_exhausted", Line(shown));
        Assert.Equal(
            [
                "gen_ai.chat chat m resource_exhausted",
                $"http.client POST {provider.BaseUrl}/chat/completions resource_exhausted",
            ],
            shown.Spans.Select(Line));
        Assert.Equal("upstream_failed", shown.Single("gen_ai.chat").Data.Text("llm_tracing.stream.outcome"));
    }

    [Fact]
    public async Task Spotlight_RequestCallsAnotherServer_ShowsEachCall()
    {
        await using var other = await TestApp.StartAsync(static app => app.MapGet("/stock/{id}", static () => "3"));
        using var client = new HttpClient { BaseAddress = other.BaseUrl };
        await using var app = await StartAsync(app => app.MapGet("/", async (CancellationToken token) =>
        {
            using var task = LlmTrace.StartTask("look up");
            await client.GetStringAsync("/stock/7?key=secret", token);
            using var missing = await client.GetAsync("/elsewhere", token);
        }));

        await app.GetAsync("/");
        var shown = await ShownAsync(app);

        Assert.Equal(
            [
                "task look up ok",
                $"http.client GET {other.BaseUrl}stock/7?* ok",
                $"http.client GET {other.BaseUrl}elsewhere not_found",
            ],
            shown.Spans.Select(Line));
    }

    [Fact]
    public async Task Spotlight_AwkwardText_ShowsItAsItWas()
    {
        await using var app = await StartAsync(static app => app.MapPost("/", async (HttpRequest request) =>
        {
            using var body = new StreamReader(request.Body);
            var text = await body.ReadToEndAsync();
            using (var tool = LlmTrace.StartTool(text, callId: text))
            {
                tool.SetContent(GenAiAttributes.ToolCallArguments, text);
                tool.SetContent(GenAiAttributes.ToolCallResult, "\ude00" + text + "\ud83d");
            }

            return Results.TracedSse(
                ChunksOf(text), new LlmCall(text) { Provider = "openai", ConversationId = text });
        }));

        using var sent = new ByteArrayContent(Encoding.UTF8.GetBytes(Awkward));
        using var answer = await app.Client.PostAsync("/", sent, TestContext.Current.CancellationToken);
        var shown = await ShownAsync(app);

        var (tool, chat) = (shown.Single("gen_ai.execute_tool"), shown.Single("gen_ai.chat"));
        Assert.Equal(("execute_tool " + Awkward, "chat " + Awkward), (tool.Description, chat.Description));
        Assert.Equal(Awkward, chat.Data.Text("gen_ai.conversation.id"));
        Assert.Equal(Awkward, tool.Data.Text("gen_ai.tool.input"));
        Assert.Equal("\ufffd" + Awkward + "\ufffd", tool.Data.Text("gen_ai.tool.output"));
    }

    [Fact]
    public async Task Spotlight_ItemLengthIsWrong_IsAnsweredLikeAnyOtherAndNotShown()
    {
        await spotlight.StartAsync();
        var (broken, intact) = (new SampleEnvelope { LengthError = -1 }, new SampleEnvelope());
        var (brokenId, intactId) = (Guid.NewGuid().ToString("n"), Guid.NewGuid().ToString("n"));
        broken.Set("header/event_id", $"\"{brokenId}\"");
        intact.Set("header/event_id", $"\"{intactId}\"");

        await spotlight.PostAsync(broken.ToBytes());
        await spotlight.PostAsync(intact.ToBytes());
        var shown = await spotlight.ReadToAsync(envelope => IdOf(envelope) == intactId);

        Assert.DoesNotContain(brokenId, shown.Select(IdOf));
    }

    private static string? IdOf(SentryEnvelope envelope) => envelope.Header.At("event_id").AsText();

    private static string Line(SentryTransaction transaction) =>
        $"{transaction.Op} {transaction.Name} {transaction.Status}";

    private static string Line(SentrySpan span) => $"{span.Op} {span.Description} {span.Status}";

    private static async Task SearchAsync(LlmSpan tool)
    {
        tool.SetContent(GenAiAttributes.ToolCallArguments, """{"query":"q"}""");
        await Task.Yield();
        tool.SetContent(GenAiAttributes.ToolCallResult, "3 hits");
    }

    private static async IAsyncEnumerable<string> ChunksOf(string text)
    {
        yield return text;
        await Task.Yield();
        yield return text;
    }

    private static AsyncCollectionResult<StreamingChatCompletionUpdate> Ask(
        ScriptedOpenAi provider, CancellationToken token) =>
        OpenAiModel.Of(provider).CompleteChatStreamingAsync([new UserChatMessage(PlantedSecrets.Prompt)], cancellationToken: token);

    private async Task<TestApp> StartAsync(Action<WebApplication> inside)
    {
        await spotlight.StartAsync();
        return await TestApp.StartAsync(new TestAppSetup
        {
            Options = static options => options.CaptureContent = true,
            Tracing = tracing => tracing.AddOpenAIReaders().AddSentryExporter(options => options.Dsn = spotlight.Dsn),
            Inside = inside,
        });
    }

    private async Task<SentryTransaction> ShownAsync(TestApp app)
    {
        var recorded = await app.Sink.NextAsync();
        var shown = await spotlight.ReadToAsync(envelope => ShownTransaction.IsOf(envelope, recorded));
        return ShownTransaction.Check(shown[^1], recorded);
    }
}
