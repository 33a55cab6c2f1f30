#pragma warning disable OPENAI001 // The SDK's Responses may still change.
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Anthropic;
using Anthropic.Models.Messages;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>The span of a stream that an app takes from a provider's own SDK.</summary>
internal static class SdkSpans
{
    public const string Chat = "chat";
    public const string Responses = "responses";
    public const string Messages = "messages";
    public const string ChatClient = "chat client";

    /// <summary>Asks a server by an SDK, and gives what an app's trace shows of it.</summary>
    public static Task<RecordedSpan> OfAsync(string sdk, FixtureServer server) => sdk switch
    {
        Chat => OfAsync(server, token => new ChatClient("asked", new ApiKeyCredential(PlantedSecrets.ApiKey), OptionsFor(server))
            .CompleteChatStreamingAsync([new UserChatMessage(PlantedSecrets.Prompt)], cancellationToken: token)),
        Responses => OfAsync(server, token => CreateResponse(server, token)),
        Messages => OfAsync(server, token => ClientFor(server).Messages.CreateStreaming(
            new MessageCreateParams
            {
                MaxTokens = 10,
                Model = "asked",
                Messages = [new(new UserMessageParam { Content = PlantedSecrets.Prompt })],
            },
            token)),
        ChatClient => OfAsync(server, token =>
            ClientFor(server).AsIChatClient("asked").GetStreamingResponseAsync(PlantedSecrets.Prompt, cancellationToken: token)),
        _ => throw new ArgumentOutOfRangeException(nameof(sdk), sdk, "There is no such SDK."),
    };

    private static async Task<RecordedSpan> OfAsync<T>(
        FixtureServer server, Func<CancellationToken, IAsyncEnumerable<T>> ask)
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = static tracing => tracing.AddOpenAIReaders().AddAnthropicReaders(),
            Inside = app => app.MapGet("/", () => Results.TracedSse(
                LlmTrace.Defer(ask), SseItem<string>? (_) => new SseItem<string>("chunk"), server.Call)),
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();
        return Assert.Single(transaction.Spans, static span => span[GenAiAttributes.OperationName] is "chat");
    }

    private static OpenAIClientOptions OptionsFor(FixtureServer server) =>
        new() { Endpoint = new Uri(server.BaseUrl, "v1"), RetryPolicy = new ClientRetryPolicy(0) };

    private static async IAsyncEnumerable<StreamingResponseUpdate> CreateResponse(
        FixtureServer server, [EnumeratorCancellation] CancellationToken token)
    {
        var client = new ResponsesClient(
            new ApiKeyCredential(PlantedSecrets.ApiKey),
            new ResponsesClientOptions
            {
                Endpoint = new Uri(server.BaseUrl, "v1"),
                RetryPolicy = new ClientRetryPolicy(0),
            });
        await foreach (var update in await client.CreateResponseStreamingAsync("asked", PlantedSecrets.Prompt, cancellationToken: token))
        {
            yield return update;
        }
    }

    private static AnthropicClient ClientFor(FixtureServer server) =>
        new() { ApiKey = PlantedSecrets.ApiKey, BaseUrl = server.BaseUrl.ToString(), MaxRetries = 0 };
}
