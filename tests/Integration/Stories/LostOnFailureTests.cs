using System.Net;
using LlmTracing.Tests.DyingApp;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Stories;

/// <summary>
/// Story 5, lost on failure: https://github.com/traceloop/openllmetry/issues/2076. The provider refused the credentials, the
/// program ended with <c>exit(1)</c>, and the span of the workflow never arrived: that of the call did, an orphan.
/// </summary>
/// <remarks>
/// Here parents arrive with their failed children, whole, from a program that lives on and from one that exits. Seen to fail:
/// without the <c>using (span)</c> of <c>LlmTrace.RunToEndAsync</c> workflow and step arrive unfinished, as
/// <c>deadline_exceeded</c>; without its <c>span.Fail(exception)</c> they are <c>ok</c>; without <c>SetFailure</c> in
/// <c>StreamTrace.Stop</c> the call is; without <c>ProcessEnd.Watch</c> nothing arrives from the program that exits.
/// </remarks>
public sealed class LostOnFailureTests
{
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);

    public static TheoryData<string, bool> Calls => new MatrixTheoryData<string, bool>(["openai", "anthropic"], [true, false]);

    public static TheoryData<string, bool, bool> Exits =>
        new MatrixTheoryData<string, bool, bool>(["openai", "anthropic"], [true, false], [true, false]);

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Workflow_ProviderRefusesTheCredentials_TransactionWorkflowStepAndCallAllArrive(
        string providerName, bool isStreamed)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await RefusingAsync(providerName);
        await using var app = await StartAsync(
            ingest, () => RefusedAsk.RunAsync(providerName, provider.BaseUrl, isStreamed));

        using var response = await app.SendAsync("GET", "/");
        var transaction = await ingest.NextAsync();
        await app.StopAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        AssertTree(transaction);
        var (workflow, step) = (transaction.Single("gen_ai.invoke_agent"), transaction.Single("task"));
        var (call, http) = (transaction.Single("gen_ai.chat"), transaction.Single("http.client"));
        Assert.All([workflow, step, call, http], static span => Assert.Equal("unauthenticated", span.Status));
        Assert.NotEqual("ok", transaction.Status);
        Assert.All([workflow, step, call], span => AssertRefused(span, provider));
        Assert.Equal(ErrorOf(provider), transaction.Data.Text("error.type"));
        ingest.AssertNoMore();
    }

    [Theory]
    [MemberData(nameof(Exits))]
    public async Task Exit_ProviderRefusesTheCredentials_TransactionWorkflowStepCallAndErrorAllArrive(
        string providerName, bool isStreamed, bool isInside)
    {
        using var journals = new TempFolder();
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await RefusingAsync(providerName);
        await using var app = await RunningSample.StartAsync(SampleProcess.StartInfo(
            "LlmTracing.Tests.DyingApp.dll",
            [
                $"--SENTRY_DSN={ingest.Dsn}",
                $"--LlmTracing:JournalDirectory={journals.Path}",

                // On a machine that is busy the default may be too short, and the next start would deliver.
                "--LlmTracing:ShutdownTimeout=00:00:10",
                "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
            ]));

        using var client = new HttpClient { BaseAddress = app.Address };
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(
            new Uri($"/refused/{providerName}?baseUrl={provider.BaseUrl}&isStreamed={isStreamed}&isInside={isInside}", UriKind.Relative),
            TestContext.Current.CancellationToken));
        var exited = await app.WaitForExitAsync(ExitLimit);
        var (transaction, error) = (await ingest.NextAsync(), await ingest.NextErrorAsync());

        Assert.Equal(1, exited.ExitCode);
        AssertTree(transaction);
        var (workflow, step) = (transaction.Single("gen_ai.invoke_agent"), transaction.Single("task"));
        var (call, http) = (transaction.Single("gen_ai.chat"), transaction.Single("http.client"));
        Assert.Equal("aborted", transaction.Status);
        Assert.Equal("process_terminated", transaction.Data.Text("llm_tracing.stream.outcome"));
        Assert.All([workflow, step], span => Assert.Equal(isInside ? "aborted" : "unauthenticated", span.Status));
        Assert.All([call, http], static span => Assert.Equal("unauthenticated", span.Status));
        AssertRefused(call, provider);
        Assert.Equal(transaction.TraceId, error.GetProperty("contexts").GetProperty("trace").GetProperty("trace_id").GetString());
        Assert.Equal(
            ErrorOf(provider),
            error.GetProperty("exception").GetProperty("values")[0].GetProperty("type").GetString());
        ingest.AssertNoMore();
        ingest.AssertNoMoreErrors();
    }

    private static void AssertTree(SentryTransaction transaction)
    {
        var (workflow, step) = (transaction.Single("gen_ai.invoke_agent"), transaction.Single("task"));
        var (call, http) = (transaction.Single("gen_ai.chat"), transaction.Single("http.client"));
        Assert.Equal(4, transaction.Spans.Count);
        Assert.Equal(
            [transaction.SpanId, workflow.SpanId, step.SpanId, call.SpanId],
            [workflow.ParentSpanId, step.ParentSpanId, call.ParentSpanId, http.ParentSpanId]);
    }

    private static void AssertRefused(SentrySpan span, ScriptedProvider provider)
    {
        Assert.Equal(ErrorOf(provider), span.Data.Text("error.type"));
        Assert.Equal(401, span.Data.Count("llm_tracing.upstream.status_code"));
        Assert.Equal("answer", span.Data.Text("gen_ai.pipeline.name"));
    }

    private static string ErrorOf(ScriptedProvider provider) => provider is ScriptedOpenAi
        ? "System.ClientModel.ClientResultException"
        : "Anthropic.Exceptions.AnthropicUnauthorizedException";

    private static async Task<ScriptedProvider> RefusingAsync(string name)
    {
        ScriptedProvider provider =
            name == "openai" ? await ScriptedOpenAi.StartAsync() : await ScriptedAnthropic.StartAsync();
        provider.Script = new() { Status = HttpStatusCode.Unauthorized };
        return provider;
    }

    private static Task<TestApp> StartAsync(SentryIngest ingest, Func<Task> request) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing => tracing.AddOpenAIReaders().AddAnthropicReaders()
                .AddSentryExporter(options => options.Dsn = ingest.Dsn),
            Inside = app => app.MapGet("/", request),
        });
}
