using System.ClientModel;
using System.Net.ServerSentEvents;
using Anthropic;
using Anthropic.Models.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The examples of docs/getting-started.md for each provider.</summary>
internal static class ProviderExamples
{
    public static void AddOpenAI(WebApplicationBuilder builder, WebApplication app, string key)
    {
        builder.Services.AddLlmTracing().AddOpenAIReaders().AddSentryExporter();
        builder.Services.AddSingleton(new ChatClient("gpt-4o-mini", key));

        app.MapGet("/chat", (ChatClient model, string message) => Results.TracedSse(
            LlmTrace.Defer(token => model.CompleteChatStreamingAsync([new UserChatMessage(message)], cancellationToken: token)),
            ToEvent,
            new LlmCall("gpt-4o-mini") { Provider = "openai" }));

        static SseItem<string>? ToEvent(StreamingChatCompletionUpdate update) =>
            update.ContentUpdate is [{ Text: var text }, ..] ? new SseItem<string>(text) : null;
    }

    public static void AddLocal(WebApplicationBuilder builder)
    {
        var local = new OpenAIClientOptions { Endpoint = new Uri("http://localhost:11434/v1") };
        builder.Services.AddSingleton(new ChatClient("llama3.2", new ApiKeyCredential("any"), local));
    }

    public static void AddAzure(WebApplicationBuilder builder, string key)
    {
        var azure = new OpenAIClientOptions { Endpoint = new Uri("https://my-resource.openai.azure.com/openai/v1/") };
        builder.Services.AddSingleton(new ChatClient("my-deployment", new ApiKeyCredential(key), azure));
    }

    public static void AddAnthropic(WebApplicationBuilder builder, WebApplication app, string key)
    {
        builder.Services.AddLlmTracing().AddAnthropicReaders().AddSentryExporter();
        builder.Services.AddSingleton(new AnthropicClient { ApiKey = key }.AsIChatClient("claude-haiku-4-5"));

        app.MapGet("/chat", (AnthropicClient model, string message) => Results.TracedSse(
            LlmTrace.Defer(token => model.Messages.CreateStreaming(Ask(message), token)),
            ToEvent,
            new LlmCall("claude-haiku-4-5") { Provider = "anthropic" }));

        static SseItem<string>? ToEvent(RawMessageStreamEvent update) =>
            update.TryPickContentBlockDelta(out var block) && block.Delta.TryPickText(out var delta)
                ? new SseItem<string>(delta.Text)
                : null;
    }

    public static void AddOwn(WebApplicationBuilder builder)
    {
        builder.Services.AddLlmTracing().AddChunkReader<Piece, PieceReader>().AddSentryExporter();
    }

    private static MessageCreateParams Ask(string message) => new()
    {
        Model = "claude-haiku-4-5",
        MaxTokens = 1024,
        Messages = [new(new UserMessageParam { Content = message })],
    };

    // Nested, as the other examples are: one file for each page's part.
    public sealed record Piece(string Text, string? Model, int? TokensSoFar);

    public sealed class PieceReader : IChunkReader<Piece>
    {
        public void Read(Piece chunk, ref ChunkReading reading)
        {
            reading.Model ??= chunk.Model;
            reading.AppendText(chunk.Text);
            reading.Update(new LlmUsage(OutputTokens: chunk.TokensSoFar));
        }
    }
}
