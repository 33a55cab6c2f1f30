using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using Anthropic;
using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Providers;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Streaming.Agents;

/// <summary>A whole agent loop as Sentry receives it: a chat, two tools at the same time, a chat whose answer is streamed on.</summary>
/// <remarks>
/// Seen to fail: without the link of <c>StartTool</c>; without <c>SpanSnapshot</c>'s copy of it; without <c>LinkWriter</c> in
/// TransactionEventWriter, and in SpanItemWriter; without <c>InheritedAttributes</c>; without <c>Leave</c> in <c>RunAsync</c>, by
/// which the second tool would be the first one's child.
/// </remarks>
public sealed class AgentLoopTests
{
    private static readonly StreamFixture Asking = StreamFixture.Named("openai-chat/tools-parallel");
    private static readonly StreamFixture Answering = StreamFixture.Named("openai-chat/plain");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Loop_RunsToItsEnd_IsTheTreeOfOneAgent(bool hasSpanItems)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await FixtureServer.StartAsync(Asking, Answering);
        await using var app = await StartAsync(ingest, provider, new HarbourTools(), hasSpanItems);

        var answer = await app.GetAsync("/agent");
        var transaction = await ingest.NextAsync();
        await app.StopAsync();

        Assert.Contains("data:  harbour\n", answer, StringComparison.Ordinal);
        Assert.Equal(
            """
            GET /agent [http.server] ok
              invoke_agent harbour [gen_ai.invoke_agent] ok
                chat gpt-5-mini [gen_ai.chat] ok
                  POST /v1/chat/completions [http.client] ok
                execute_tool get_tide [gen_ai.execute_tool] ok
                execute_tool translate [gen_ai.execute_tool] ok
                chat gpt-5-mini [gen_ai.chat] ok
                  POST /v1/chat/completions [http.client] ok
            """,
            AgentTree.Draw(transaction));
        AssertLinksAndNames(transaction);
        AssertTokens(transaction, Asking, Answering);
        ingest.AssertNoMore();
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Loop_ToolFailsAndTheModelIsTold_OnlyTheToolHasFailed()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await FixtureServer.StartAsync(Asking, Answering);
        await using var app = await StartAsync(ingest, provider, new HarbourTools { Failure = new TimeZoneNotFoundException("No such zone.") });

        await app.GetAsync("/agent");
        var transaction = await ingest.NextAsync();
        var error = await ingest.NextErrorAsync();
        await app.StopAsync();

        Assert.Equal(
            """
            GET /agent [http.server] ok
              invoke_agent harbour [gen_ai.invoke_agent] ok
                chat gpt-5-mini [gen_ai.chat] ok
                  POST /v1/chat/completions [http.client] ok
                execute_tool get_tide [gen_ai.execute_tool] ok
                execute_tool translate [gen_ai.execute_tool] internal_error
                chat gpt-5-mini [gen_ai.chat] ok
                  POST /v1/chat/completions [http.client] ok
            """,
            AgentTree.Draw(transaction));
        AssertLinksAndNames(transaction);
        AssertTokens(transaction, Asking, Answering);
        Assert.Equal(
            transaction.OfOp("gen_ai.execute_tool").Last().SpanId,
            error.GetProperty("contexts").GetProperty("trace").GetProperty("span_id").GetString());
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Loop_ToolFailsAndNobodyCatchesIt_AgentAndRequestHaveFailedWithOneError()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await FixtureServer.StartAsync(Asking, Answering);
        await using var app = await StartAsync(ingest, provider, new HarbourTools { Failure = new InvalidTimeZoneException("Broken.") });

        using var response = await app.SendAsync("GET", "/agent");
        var transaction = await ingest.NextAsync();
        await ingest.NextErrorAsync();
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(
            """
            GET /agent [http.server] internal_error
              invoke_agent harbour [gen_ai.invoke_agent] internal_error
                chat gpt-5-mini [gen_ai.chat] ok
                  POST /v1/chat/completions [http.client] ok
                execute_tool get_tide [gen_ai.execute_tool] ok
                execute_tool translate [gen_ai.execute_tool] internal_error
            """,
            AgentTree.Draw(transaction));
        AssertLinksAndNames(transaction);
        AssertTokens(transaction, Asking);
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Loop_ClientLeavesDuringTheAnswer_OnlyTheAnswerIsCancelled()
    {
        var gate = new ScriptGate(3);
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await FixtureServer.StartAsync(gate, Asking, Answering);
        await using var app = await StartAsync(ingest, provider, new HarbourTools());
        using (var client = await app.ConnectAsync())
        {
            await client.SendAsync("GET", "/agent");
            await client.ReadHeadAsync(TestContext.Current.CancellationToken);
            while (await client.ReadFrameAsync(TestContext.Current.CancellationToken) != "data:  harbour")
            {
                // Up to the last chunk before the gate.
            }

            client.Abort();
        }

        await provider.ClientGone.BoundAsync("cancelled call");
        var transaction = await ingest.NextAsync();
        await app.StopAsync();

        Assert.Equal(
            """
            GET /agent [http.server] cancelled
              invoke_agent harbour [gen_ai.invoke_agent] ok
                chat gpt-5-mini [gen_ai.chat] ok
                  POST /v1/chat/completions [http.client] ok
                execute_tool get_tide [gen_ai.execute_tool] ok
                execute_tool translate [gen_ai.execute_tool] ok
                chat gpt-5-mini [gen_ai.chat] cancelled
                  POST /v1/chat/completions [http.client] ok
            """,
            AgentTree.Draw(transaction));
        AssertLinksAndNames(transaction);
        AssertTokens(transaction, Asking);
        ingest.AssertNoMore();
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Loop_OfTheDocuments_IsTheTreeOfOneAgent()
    {
        await using var provider = await FixtureServer.StartAsync(
            StreamFixture.Named("anthropic/tools-parallel"), StreamFixture.Named("anthropic/plain"));
        using var llm = new AnthropicClient { ApiKey = "key", BaseUrl = provider.BaseUrl.ToString(), MaxRetries = 0 }
            .AsIChatClient("claude-opus-4-1", 100);
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton(llm),
            Tracing = static tracing => tracing.AddAnthropicReaders(),
            Inside = AgentExample.Map,
        });

        using var question = new StringContent(
            "{\"messages\":[{\"role\":\"user\",\"contents\":[{\"$type\":\"text\",\"text\":\"When is high tide?\"}]}]}",
            Encoding.UTF8,
            "application/json");
        using var response = await app.Client.PostAsync(new Uri("/agent", UriKind.Relative), question, TestContext.Current.CancellationToken);
        var transaction = await app.Sink.NextAsync();

        var agent = transaction.Single("invoke_agent");
        Assert.Equal(
            ["chat gpt-4o-mini", "execute_tool get_tide", "execute_tool translate", "chat gpt-4o-mini"],
            agent.Children.Select(static span => span.Name));
        var asking = agent.Children[0];
        Assert.Equal(
            [[], [asking.SpanId], [asking.SpanId], []],
            agent.Children.Select(static span => span.Links.Select(static link => link.SpanId)));
        Assert.Equal(StreamOutcome.Completed, transaction.Outcome);
    }

    private static Task<TestApp> StartAsync(
        SentryIngest ingest, FixtureServer provider, HarbourTools tools, bool hasSpanItems = false) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services
                .AddSingleton(new ChatClient("gpt-5-mini", new ApiKeyCredential("key"), new OpenAIClientOptions
                {
                    Endpoint = new Uri(provider.BaseUrl, "v1"),
                    RetryPolicy = new ClientRetryPolicy(0),
                }))
                .AddSingleton(tools)
                .AddSingleton<HarbourAgent>(),
            Tracing = tracing => tracing.AddOpenAIReaders().AddSentryExporter(options =>
                (options.Dsn, options.GenAiSpanItems) = (ingest.Dsn, hasSpanItems)),
            Inside = static app => app.MapGet("/agent", static (HttpContext context, HarbourAgent agent) => agent.AnswerAsync(context)),
        });

    private static void AssertLinksAndNames(SentryTransaction transaction)
    {
        var asking = transaction.OfOp("gen_ai.chat").First();
        Assert.Equal(
            ["call_tide01", "call_trans02"],
            transaction.OfOp("gen_ai.execute_tool").Select(static tool => tool.Data.Text("gen_ai.tool.call.id")));
        Assert.Equal("[\"call_tide01\",\"call_trans02\"]", asking.Data.Text("llm_tracing.tool_calls.ids"));
        foreach (var span in transaction.Spans)
        {
            var isTool = span.Op == "gen_ai.execute_tool";
            Assert.Equal(isTool ? [asking.SpanId] : [], span.Links);
            Assert.Equal(span.Op == "http.client" ? null : "harbour", span.Data.Text("gen_ai.agent.name"));
        }
    }

    private static void AssertTokens(SentryTransaction transaction, params IReadOnlyList<StreamFixture> answers)
    {
        var expected = answers.Select(static answer => answer.Expected.Usage).ToList();
        var withTokens = transaction.Spans.Where(static span =>
            span.Data.Keys.Any(static key => key.StartsWith("gen_ai.usage.", StringComparison.Ordinal)));
        Assert.Equal(
            expected.Select(static usage => ("gen_ai.chat", usage!.Input, usage.Output)),
            withTokens.Select(static span =>
                (span.Op, span.Data.Count("gen_ai.usage.input_tokens"), span.Data.Count("gen_ai.usage.output_tokens"))));
        Assert.Equal(
            (expected.Sum(static usage => usage!.Input), expected.Sum(static usage => usage!.Output)),
            (transaction.Data.Count("llm_tracing.usage.input_tokens"), transaction.Data.Count("llm_tracing.usage.output_tokens")));
        Assert.Equal(transaction.OfOp("gen_ai.chat").Count(), transaction.Data.Count("llm_tracing.calls"));
    }
}
