using System.ClientModel;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using OpenAI;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Stories;

/// <summary>
/// Story 2, chained siblings: https://github.com/getsentry/sentry-python/issues/4241, and in the same shape
/// https://github.com/getsentry/sentry-dotnet/issues/1679. Five calls were started, then awaited together; each became the
/// child of the one started before it, because a new span went under the last one that had not ended yet.
/// </summary>
/// <remarks>
/// Here a span goes under the one that is current where the call is made, and a stream's span is current in the stream
/// alone. Seen to fail: with <c>Activity.Current</c> of the puller left changed by <c>StreamTrace.StartSpan</c> (no
/// <c>Isolated.Run</c>) the streams are chained; without <c>span.Leave()</c> in <c>LlmTrace.RunAsync</c> the steps are; with
/// the first context of the puller in place of the stream's (<c>FlowingSource.InContext</c>) the HTTP calls leave their
/// streams.
/// </remarks>
public sealed class ChainedSiblingsTests
{
    private const int Calls = 5;

    [Fact]
    public async Task WhenAll_FiveCallsStartedThenAwaited_AreSiblings()
    {
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async () =>
        {
            using var workflow = LlmTrace.StartWorkflow("compare");
            var answers = new List<Task<string>>();
            for (var i = 0; i < Calls; i++)
            {
                answers.Add(LlmTrace.RunAsync(LlmTrace.StartTask($"step {i}"), async _ =>
                {
                    await Task.Yield();
                    return "done";
                }));
            }

            await Task.WhenAll(answers);
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        var workflow = transaction.Spans[0];
        var steps = transaction.Spans.Skip(1).ToList();
        Assert.Equal(
            Enumerable.Range(0, Calls).Select(static i => $"step {i}"), steps.Select(static step => step.Name).Order());
        Assert.All(steps, step => Assert.Equal(workflow.SpanId, step.ParentSpanId));
    }

    [Fact]
    public async Task WhenAll_FiveStreamsStartedThenAwaited_AreSiblings()
    {
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async () =>
        {
            // In one flow: whatever a first pull leaves behind in it, the next would find.
            var streams = Enumerable.Range(0, Calls)
                .Select(static i => ChunksAsync().TraceLlm(new LlmCall($"model-{i}")).GetAsyncEnumerator())
                .ToList();
            var pulls = new List<Task<bool>>();
            foreach (var stream in streams)
            {
                pulls.Add(stream.MoveNextAsync().AsTask());
            }

            await Task.WhenAll(pulls);
            foreach (var stream in streams)
            {
                await stream.DisposeAsync();
            }
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(
            Enumerable.Range(0, Calls).Select(static i => $"chat model-{i}"),
            transaction.Spans.Select(static span => span.Name).Order());
        Assert.All(transaction.Spans, span => Assert.Equal(transaction.Root.SpanId, span.ParentSpanId));
    }

    [Fact]
    public async Task HundredRequests_OfFiveStreamsThatEachCallOverHttp_AreSiblingsTwentyTimesOver()
    {
        const int rounds = 20;
        const int requests = 100;
        await using var provider = await ScriptedOpenAi.StartAsync();
        var model = ClientOf(provider);
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", () =>
            Task.WhenAll(Enumerable.Range(0, Calls).Select(i => ReadAsync(
                model.CompleteChatStreamingAsync([new UserChatMessage(PlantedSecrets.Prompt)]).TraceLlm(new LlmCall($"model-{i}")))))));

        for (var round = 0; round < rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => app.GetAsync("/")));
            for (var i = 0; i < requests; i++)
            {
                AssertSiblingsWithTheirOwnCalls(await app.Sink.NextAsync());
            }
        }

        Assert.Equal(rounds * requests, app.Sink.Requests.Select(static one => one.TraceId).Distinct().Count());
        Assert.Equal(rounds * requests * Calls, provider.Requests.Count);
    }

    private static void AssertSiblingsWithTheirOwnCalls(RecordedTransaction transaction)
    {
        var streams = transaction.Spans.Where(static span => span[GenAiAttributes.OperationName] is "chat").ToList();
        var calls = transaction.Spans.Where(static span => span.Source == "System.Net.Http").ToList();

        Assert.Equal(2 * Calls, transaction.Spans.Count);
        Assert.Equal(
            Enumerable.Range(0, Calls).Select(static i => $"chat model-{i}"), streams.Select(static one => one.Name).Order());
        Assert.All(streams, stream => Assert.Equal(transaction.Root.SpanId, stream.ParentSpanId));
        Assert.Equal(
            streams.Select(static stream => stream.SpanId.ToHexString()).Order(),
            calls.Select(static call => call.ParentSpanId?.ToHexString()).Order());
    }

    private static async IAsyncEnumerable<string> ChunksAsync()
    {
        await Task.Yield();
        yield return "a";
    }

    private static async Task ReadAsync(IAsyncEnumerable<StreamingChatCompletionUpdate> answer)
    {
        await foreach (var _ in answer)
        {
        }
    }

    private static ChatClient ClientOf(ScriptedOpenAi provider) => new(
        "asked-model", new ApiKeyCredential(PlantedSecrets.ApiKey), new OpenAIClientOptions { Endpoint = new Uri(provider.BaseUrl) });
}
