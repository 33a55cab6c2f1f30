using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>Sentry.Extensions.AI left in beside ours: one of the two counts, and the log says what to remove.</summary>
public sealed class ExtensionsAiTests
{
    [Fact]
    public async Task BothTraceACall_TokensAreCountedOnce()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        using var model = new OneAnswer().AddSentry();
        await using var app = await BackendCases.StartAsync(
            new SdkBackend(ingest.Dsn, static options => options.TracesSampleRate = 1),
            () => Results.TracedSse<ChatResponseUpdate, string>(
                model.GetStreamingResponseAsync(PlantedSecrets.Prompt),
                static update => update.Text.Length == 0 ? null : new(update.Text),
                new LlmCall("m") { Provider = "p" }));

        await app.GetAsync("/");
        await app.GetAsync("/");
        var transactions = await ingest.TakeAsync(2);
        await app.StopAsync();

        Assert.All(transactions, static one => Assert.Equal(11, one.Single("gen_ai.chat").Data.Count("gen_ai.usage.input_tokens")));
        ingest.AssertNoMore();
        Assert.Single(app.Logs.All, static entry => entry.Event.Name == "CallTracedTwice");
    }

    private sealed class OneAnswer : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("It streams alone.");

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "Hello");
            await Task.Yield();
            yield return new ChatResponseUpdate(
                ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = 4 })]);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
