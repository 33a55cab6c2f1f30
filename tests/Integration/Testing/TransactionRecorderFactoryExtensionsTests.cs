using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Integration.Testing;

public sealed class TransactionRecorderFactoryExtensionsTests
{
    private static readonly Uri Question = new("/chat?message=hi", UriKind.Relative);

    [Fact]
    public async Task WithTransactionRecorder_SampleAnswers_GivesTreeTokensAndOutcome()
    {
        await using var factory = new WebApplicationFactory<Program>();
        using var client = factory.WithTransactionRecorder(out var recorder).CreateClient();

        await client.GetStringAsync(Question, TestContext.Current.CancellationToken);
        var transaction = await recorder.NextAsync();

        var chat = transaction.Single("chat");
        var (input, output) = (chat.Usage.InputTokens, chat.Usage.OutputTokens);
        Assert.True(input > 0 && output > 0);
        Assert.Equal(
            $"""
            GET /chat [http.server] completed, {input} in, {output} out
              invoke_agent librarian [invoke_agent]
                execute_tool search_docs [execute_tool]
                chat demo-docs-1 [chat] completed, {input} in, {output} out
            """,
            transaction.Tree);
        Assert.Equal((StreamOutcome.Completed, 1), (transaction.Outcome, transaction.Calls));
        Assert.Equal((input, output, input + output), Tokens(transaction.Usage));

        // A span of another test's, outside of any request, is every app's.
        Assert.Equal([transaction], recorder.Requests);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task WithTransactionRecorder_ProviderFails_TreeSaysSo(string providerName)
    {
        await using ScriptedProvider provider =
            providerName == "openai" ? await ScriptedOpenAi.StartAsync() : await ScriptedAnthropic.StartAsync();
        provider.Script = new() { Chunks = ["a", "b"], Fault = ProviderFault.Cut(1) };
        var baseUrl = (provider as ScriptedOpenAi)?.BaseUrl ?? ((ScriptedAnthropic)provider).BaseUrl;
        await using var app = SampleApp.For(providerName, baseUrl);
        using var client = app.WithTransactionRecorder(out var recorder).CreateClient();

        await client.GetStringAsync(Question, TestContext.Current.CancellationToken);
        var transaction = await recorder.NextAsync();

        Assert.Equal(StreamOutcome.UpstreamFailed, transaction.Outcome);
        Assert.StartsWith(
            "GET /chat [http.server] upstream_failed, ", transaction.Tree, StringComparison.Ordinal);
        Assert.EndsWith(
            ", error System.Net.Http.HttpIOException", transaction.Tree.Split('\n')[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task WithTransactionRecorder_AppHasADsn_NothingIsSentUnlessAskedFor(bool keepOtherSinks, int sent)
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.KeepsTexts = true;
        await using var app = SampleApp.For("demo", ingest: ingest);
        using var client = app.WithTransactionRecorder(out var recorder, keepOtherSinks).CreateClient();

        await client.GetStringAsync(Question, TestContext.Current.CancellationToken);
        var trace = (await recorder.NextAsync()).TraceId.ToHexString();

        // With the host's end all is sent that ever will be. A span of another test's, outside of any request, is every app's.
        await app.DisposeAsync();

        Assert.Equal(sent, ingest.Texts.Count(text => text.Contains(trace, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task WithTransactionRecorder_TwoFactoriesAtOnce_EachSeesItsOwnRequests()
    {
        const int requests = 5;
        await using var one = SampleApp.For("demo");
        await using var other = SampleApp.For("demo");
        using var client = OnASocket(one.WithTransactionRecorder(out var recorder)).CreateClient();
        using var otherClient = OnASocket(other.WithTransactionRecorder(out var otherRecorder)).CreateClient();
        var unusable = new Uri("/chat?message=", UriKind.Relative);

        await Task.WhenAll(Enumerable.Range(0, requests).SelectMany(_ => new[]
        {
            client.GetAsync(unusable, TestContext.Current.CancellationToken),
            otherClient.PostAsync(unusable, null, TestContext.Current.CancellationToken),
        }));
        await Task.WhenAll(recorder.TakeAsync(requests), otherRecorder.TakeAsync(requests));

        Assert.Equal(Enumerable.Repeat("GET /chat", requests), recorder.Requests.Select(one => one.Name));
        Assert.Equal(Enumerable.Repeat("POST /chat", requests), otherRecorder.Requests.Select(one => one.Name));
    }

    [Fact]
    public async Task WithTransactionRecorder_AppWithoutTracing_StartFailsNamingTheMissingCall()
    {
        await using var app = SampleApp.For("demo");
        var untraced = app.WithWebHostBuilder(static host => host.ConfigureTestServices(
            static services => services.RemoveAll<IValidateOptions<LlmTracingOptions>>()));

        var failure = Assert.Throws<InvalidOperationException>(
            () => untraced.WithTransactionRecorder(out _).CreateClient());

        Assert.Equal(
            "The recorder would never see a transaction: the app does not call builder.Services.AddLlmTracing().",
            failure.Message);
    }

    private static WebApplicationFactory<Program> OnASocket(WebApplicationFactory<Program> factory)
    {
        factory.UseKestrel();
        return factory;
    }

    private static (long? Input, long? Output, long? Total) Tokens(LlmUsage usage) =>
        (usage.InputTokens, usage.OutputTokens, usage.TotalTokens);
}
