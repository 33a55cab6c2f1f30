using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;
using LlmTracing.Tests.SentrySdk.SideBySide;
using Microsoft.Extensions.AI;
using Sdk = Sentry.SentrySdk;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>Sentry.Extensions.AI left in beside ours: one of the two counts, and the log says what to remove.</summary>
public sealed class ExtensionsAiTests
{
    [Theory]
    [InlineData("inside")]
    [InlineData("outside")]
    [InlineData("in a transaction of the app's own")]
    public async Task BothTraceACall_TokensAreCountedOnce(string where)
    {
        var (tokens, warnings) = await PlayAsync(async () =>
        {
            using var sdks = new OneAnswer().AddSentry();
            using var sdksOverOurs = new OneAnswer { IsTraced = true }.AddSentry();
            var own = where.StartsWith("in a", StringComparison.Ordinal) ? Sdk.StartTransaction("mine", "job") : null;
            Sdk.ConfigureScope(scope => scope.Transaction = own);
            await ReadAsync(where == "outside"
                ? sdksOverOurs.GetStreamingResponseAsync("What is a span?")
                : sdks.GetStreamingResponseAsync("What is a span?").TraceLlm(new LlmCall("m") { Provider = "p" }));
            own?.Finish();
        });

        Assert.Equal((11, 1), (tokens, warnings));
    }

    [Fact]
    public async Task OnlyItTracesACall_ItsTokensCount()
    {
        var (tokens, warnings) = await PlayAsync(static async () =>
        {
            using var model = new OneAnswer().AddSentry();
            await ReadAsync(model.GetStreamingResponseAsync("What is a span?"));
        });

        // Twice: it writes them on its span of the agent too, which Sentry does not count.
        Assert.Equal((11, 0), (tokens, warnings));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EachTracesACallOfItsOwn_BothCount(bool isOursFirst)
    {
        var (tokens, warnings) = await PlayAsync(async () =>
        {
            using var sdks = new OneAnswer().AddSentry();
            using var ours = new OneAnswer { IsTraced = true };
            var own = Sdk.StartTransaction("mine", "job");
            Sdk.ConfigureScope(scope => scope.Transaction = own);
            foreach (var model in isOursFirst ? new IChatClient[] { ours, sdks } : [sdks, ours])
            {
                await ReadAsync(model.GetStreamingResponseAsync("What is a span?"));

                // The spans of the two have their times from clocks that may differ by microseconds.
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            own.Finish();
        });

        Assert.Equal((22, 0), (tokens, warnings));
    }

    [Fact]
    public async Task AppTracesPartOfOurCallByTheSdk_IsSent()
    {
        await using var received = await Received.StartAsync();
        await using (var app = await BackendCases.StartAsync(new SdkBackend(received.Dsn, static options => options.TracesSampleRate = 1), static async () =>
        {
            using var call = LlmTrace.StartChat(new LlmCall("m") { Provider = "p" });
            Sdk.StartTransaction("embed the query", "gen_ai.embeddings").Finish();
            await Task.Yield();
        }))
        {
            await app.GetAsync("/");
            await app.StopAsync();
        }

        Assert.Contains(received.OfType("transaction"), static one => one.At("transaction").AsText() == "embed the query");
    }

    /// <summary>Plays a request.</summary>
    /// <returns>The input tokens of all chats that Sentry has, and how often the log said what to remove.</returns>
    private static async Task<(double Tokens, int Warnings)> PlayAsync(Func<Task> request)
    {
        await using var received = await Received.StartAsync();
        await using var app = await BackendCases.StartAsync(new SdkBackend(received.Dsn, static options => options.TracesSampleRate = 1), request);
        await app.GetAsync("/");
        await app.StopAsync();

        var chats = received.OfType("transaction").SelectMany(static one => one.At("spans").Elements())
            .Where(static span => span.At("op").AsText() == "gen_ai.chat");
        return (
            chats.Sum(static span => span.At("data").At("gen_ai.usage.input_tokens").AsNumber() ?? 0),
            app.Logs.All.Count(static entry => entry.Event.Name == "CallTracedTwice"));
    }

    private static async Task ReadAsync(IAsyncEnumerable<ChatResponseUpdate> answer)
    {
        await foreach (var _ in answer)
        {
        }
    }

    private sealed class OneAnswer : IChatClient
    {
        public bool IsTraced { get; init; }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("It streams alone.");

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            IsTraced ? AnswerAsync().TraceLlm(new LlmCall("m") { Provider = "p" }) : AnswerAsync();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }

        private static async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync()
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "Hello");
            await Task.Yield();
            yield return new ChatResponseUpdate(
                ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = 4 })]);
        }
    }
}
