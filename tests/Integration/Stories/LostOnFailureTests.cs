using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using Anthropic;
using Anthropic.Exceptions;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LlmTracing.Tests.Integration.Stories;

/// <summary>
/// Story 5, lost on failure: https://github.com/traceloop/openllmetry/issues/2076. The provider refused the credentials, the
/// program ended with <c>exit(1)</c>, and the span of the workflow never arrived: that of the call did, an orphan.
/// </summary>
/// <remarks>
/// Here parents arrive with their failed children, whole. This is the half of the story about the tree; the other half is a
/// process that dies. Seen to fail: without the <c>using (span)</c> of <c>LlmTrace.RunToEndAsync</c> workflow and step
/// arrive unfinished, as <c>deadline_exceeded</c>; without its <c>span.Fail(exception)</c> they are <c>ok</c>; without
/// <c>SetFailure</c> in <c>StreamTrace.Stop</c> the call is.
/// </remarks>
public sealed class LostOnFailureTests
{
    public static TheoryData<string, bool> Calls => new MatrixTheoryData<string, bool>(["openai", "anthropic"], [true, false]);

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Workflow_ProviderRefusesTheCredentials_TransactionWorkflowStepAndCallAllArrive(
        string providerName, bool isStreamed)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using ScriptedProvider provider =
            providerName == "openai" ? await ScriptedOpenAi.StartAsync() : await ScriptedAnthropic.StartAsync();
        provider.Script = new() { Status = HttpStatusCode.Unauthorized };
        var ask = isStreamed ? StreamedBy(provider) : WholeBy(provider);
        await using var app = await StartAsync(ingest, () =>
            LlmTrace.RunAsync(LlmTrace.StartWorkflow("answer"), _ =>
                LlmTrace.RunAsync(LlmTrace.StartTask("ask the model"), _ => ask())));

        using var response = await app.SendAsync("GET", "/");
        var transaction = await ingest.NextAsync();
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var (workflow, step) = (transaction.Single("gen_ai.invoke_agent"), transaction.Single("task"));
        var (call, http) = (transaction.Single("gen_ai.chat"), transaction.Single("http.client"));
        Assert.Equal(4, transaction.Spans.Count);
        Assert.Equal(
            [transaction.SpanId, workflow.SpanId, step.SpanId, call.SpanId],
            [workflow.ParentSpanId, step.ParentSpanId, call.ParentSpanId, http.ParentSpanId]);
        Assert.All([workflow, step, call, http], static span => Assert.Equal("unauthenticated", span.Status));
        Assert.NotEqual("ok", transaction.Status);
        Assert.All([workflow, step, call], span =>
        {
            Assert.Equal(ErrorOf(provider), span.Data.Text("error.type"));
            Assert.Equal(401, span.Data.Count("llm_tracing.upstream.status_code"));
            Assert.Equal("answer", span.Data.Text("gen_ai.pipeline.name"));
        });
        Assert.Equal(ErrorOf(provider), transaction.Data.Text("error.type"));
        ingest.AssertNoMore();
    }

    private static string ErrorOf(ScriptedProvider provider) => provider is ScriptedOpenAi
        ? "System.ClientModel.ClientResultException"
        : "Anthropic.Exceptions.AnthropicUnauthorizedException";

    private static LlmCall CallOf(ScriptedProvider provider) =>
        new("m") { Provider = provider is ScriptedOpenAi ? "openai" : "anthropic" };

    private static Func<Task> StreamedBy(ScriptedProvider provider)
    {
        var call = CallOf(provider);
        return provider is ScriptedOpenAi openAi
            ? () => ReadAsync(ClientOf(openAi).CompleteChatStreamingAsync([new UserChatMessage("hi")]).TraceLlm(call))
            : () => ReadAsync(ClientOf((ScriptedAnthropic)provider).GetStreamingResponseAsync("hi").TraceLlm(call));
    }

    private static Func<Task> WholeBy(ScriptedProvider provider) => () =>
        LlmTrace.RunAsync(LlmTrace.StartChat(CallOf(provider)), Task (_) => provider is ScriptedOpenAi openAi
            ? ClientOf(openAi).CompleteChatAsync([new UserChatMessage("hi")])
            : ClientOf((ScriptedAnthropic)provider).GetResponseAsync([new ChatMessage(ChatRole.User, "hi")]));

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> answer)
    {
        await foreach (var _ in answer)
        {
            Assert.Fail("The provider has refused.");
        }
    }

    private static ChatClient ClientOf(ScriptedOpenAi provider) => new(
        "m",
        new ApiKeyCredential("wrong"),
        new OpenAIClientOptions { Endpoint = new Uri(provider.BaseUrl), RetryPolicy = new ClientRetryPolicy(0) });

    private static IChatClient ClientOf(ScriptedAnthropic provider) =>
        new AnthropicClient { ApiKey = "wrong", BaseUrl = provider.BaseUrl, MaxRetries = 0 }.AsIChatClient("m");

    private static Task<TestApp> StartAsync(SentryIngest ingest, Func<Task> request) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing =>
            {
                LlmTrace.UseFailureStatus(StatusOf);
                tracing.AddOpenAIReaders().AddSentryExporter(options => options.Dsn = ingest.Dsn);
            },
            Inside = app => app.MapGet("/", request),
        });

    private static int? StatusOf(Exception exception) => (int?)(exception as AnthropicApiException)?.StatusCode;
}
