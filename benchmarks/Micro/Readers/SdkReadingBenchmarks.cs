#pragma warning disable OPENAI001 // The SDK may still change its types of Responses.
using System.ClientModel.Primitives;
using System.Text.Json;
using Anthropic.Models.Messages;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;
using OpenAI.Responses;

namespace LlmTracing.Benchmarks.Micro.Readers;

/// <summary>What does reading a chunk of an SDK's own type cost over passing it on, where it tells nothing but text?</summary>
/// <remarks>Target: 0 bytes, and less than 100 ns, of each. What the SDK's clients cost is in neither.</remarks>
public class SdkReadingBenchmarks
{
    private const int Chunks = 10_000;
    private static readonly LlmCall Call = new("asked");
    private Func<Task<int>> _passOn = static () => Task.FromResult(0);
    private Func<Task<int>> _read = static () => Task.FromResult(0);

    // What nobody listens to is not read.
    private IDisposable? _listener;

    [Params("OpenAI chat", "OpenAI responses", "Anthropic", "Extensions.AI", "Extensions.AI, chat")]
    public string Sdk { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        new ServiceCollection().AddLlmTracing().AddOpenAIReaders().AddAnthropicReaders();
        _listener = SpanListener.Start();
        var (chat, responses, messages) = (
            DialectChunks.Of(LlmDialect.OpenAIChat), DialectChunks.Of(LlmDialect.OpenAIResponses), DialectChunks.Of(LlmDialect.Anthropic));
        switch (Sdk)
        {
            case "OpenAI chat":
                Use(OpenAI<StreamingChatCompletionUpdate>(chat.First), OpenAI<StreamingChatCompletionUpdate>(chat.Next));
                break;
            case "OpenAI responses":
                Use(OpenAI<StreamingResponseUpdate>(responses.First), OpenAI<StreamingResponseUpdate>(responses.Next));
                break;
            case "Anthropic":
                Use(
                    JsonSerializer.Deserialize<RawMessageStreamEvent>(messages.First)!,
                    JsonSerializer.Deserialize<RawMessageStreamEvent>(messages.Next)!);
                break;
            case "Extensions.AI":
                Use(Update("", raw: null), Update(" world", raw: null));
                break;
            default:
                Use(Update("", OpenAI<StreamingChatCompletionUpdate>(chat.First)), Update(" world", OpenAI<StreamingChatCompletionUpdate>(chat.Next)));
                break;
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _listener?.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Chunks)]
    public Task<int> PassedOn() => _passOn();

    [Benchmark(OperationsPerInvoke = Chunks)]
    public Task<int> Read() => _read();

    private static T OpenAI<T>(string json)
        where T : IPersistableModel<T> =>
        ModelReaderWriter.Read<T>(BinaryData.FromString(json))!;

    private static ChatResponseUpdate Update(string text, object? raw) => new(ChatRole.Assistant, text)
    {
        ModelId = "gpt-4o-mini-2024-07-18",
        ResponseId = "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
        RawRepresentation = raw,
    };

    private static async Task<int> CountAsync<T>(IAsyncEnumerable<T> stream)
    {
        var count = 0;
        await foreach (var chunk in stream.TraceLlm(Call))
        {
            count++;
        }

        return count;
    }

    private void Use<T>(T first, T next)
    {
        _passOn = () => CountAsync(new RepeatedChunk<UnreadObject<T>>(new(first), new(next), Chunks));
        _read = () => CountAsync(new RepeatedChunk<T>(first, next, Chunks));
    }
}
