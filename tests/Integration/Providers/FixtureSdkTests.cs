#pragma warning disable OPENAI001 // The SDK's Responses may still change.
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using Anthropic;
using Anthropic.Models.Messages;
using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>The written streams, served over HTTP to the providers' own SDKs: the spans say what was written down.</summary>
public sealed class FixtureSdkTests
{
    public static TheoryData<string> Chat => Of(LlmDialect.OpenAIChat);

    public static TheoryData<string> Responses => Of(LlmDialect.OpenAIResponses);

    public static TheoryData<string> Messages => Of(LlmDialect.Anthropic);

    [Theory]
    [MemberData(nameof(Chat))]
    public async Task TracedSse_OpenAIChat_SpanIsAsWrittenDown(string name)
    {
        await AssertSpanAsync("chat", name, static (server, token) =>
            new ChatClient("asked", new ApiKeyCredential(PlantedSecrets.ApiKey), OptionsFor(server))
                .CompleteChatStreamingAsync([new UserChatMessage(PlantedSecrets.Prompt)], cancellationToken: token));
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task TracedSse_OpenAIResponses_SpanIsAsWrittenDown(string name)
    {
        await AssertSpanAsync("responses", name, static (server, token) => OpenAIResponses(server, token));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task TracedSse_AnthropicEvents_SpanIsAsWrittenDown(string name)
    {
        await AssertSpanAsync("messages", name, static (server, token) => ClientFor(server).Messages.CreateStreaming(
            new MessageCreateParams { MaxTokens = 10, Model = "asked", Messages = [new(new UserMessageParam { Content = PlantedSecrets.Prompt })] },
            token));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task TracedSse_AnthropicAsChatClient_SpanIsAsWrittenDown(string name)
    {
        await AssertSpanAsync("chat client", name, static (server, token) =>
            ClientFor(server).AsIChatClient("asked").GetStreamingResponseAsync(PlantedSecrets.Prompt, cancellationToken: token));
    }

    private static TheoryData<string> Of(LlmDialect dialect) =>
        [.. StreamFixture.All.Where(fixture => fixture.Dialect == dialect).Select(fixture => fixture.Name)];

    private static async Task AssertSpanAsync<T>(
        string sdk, string name, Func<Uri, CancellationToken, IAsyncEnumerable<T>> ask)
    {
        var fixture = StreamFixture.Named(name);
        await using var server = await FixtureServer.StartAsync(fixture);
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = static tracing => tracing.AddOpenAIReaders().AddAnthropicReaders(),
            Inside = app => app.MapGet("/", () => Results.TracedSse(
                LlmTrace.Defer(token => ask(server.BaseUrl, token)),
                SseItem<string>? (_) => new SseItem<string>("chunk"),
                new LlmCall("asked"))),
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        var span = Assert.Single(transaction.Spans, span => span[GenAiAttributes.OperationName] is "chat");
        var expected = sdk == "chat client" ? InWordsOfAbstraction(fixture.Expected) : fixture.Expected;
        var (_, known) = SdkDeviations.Of(sdk, name);
        Assert.True(known.SequenceEqual(SpanDeviations.Of(span, expected)), string.Join('\n', SpanDeviations.Of(span, expected)));
    }

    private static ExpectedReading InWordsOfAbstraction(ExpectedReading expected) => expected with
    {
        FinishReasons =
        [
            .. expected.FinishReasons.Select(reason => reason switch
            {
                "end_turn" or "stop_sequence" => "stop",
                "tool_use" => "tool_calls",
                "max_tokens" => "length",
                "refusal" => "content_filter",
                _ => reason,
            }),
        ],
    };

    private static OpenAIClientOptions OptionsFor(Uri server) =>
        new() { Endpoint = new Uri(server, "v1"), RetryPolicy = new ClientRetryPolicy(0) };

    private static async IAsyncEnumerable<StreamingResponseUpdate> OpenAIResponses(
        Uri server, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        var client = new ResponsesClient(
            new ApiKeyCredential(PlantedSecrets.ApiKey),
            new ResponsesClientOptions { Endpoint = new Uri(server, "v1"), RetryPolicy = new ClientRetryPolicy(0) });
        await foreach (var update in await client.CreateResponseStreamingAsync("asked", "Hi", cancellationToken: token))
        {
            yield return update;
        }
    }

    private static AnthropicClient ClientFor(Uri server) =>
        new() { ApiKey = PlantedSecrets.ApiKey, BaseUrl = server.ToString(), MaxRetries = 0 };
}
