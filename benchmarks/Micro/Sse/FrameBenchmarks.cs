using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using LlmTracing.Streaming.Sse;

namespace LlmTracing.Benchmarks.Micro.Sse;

/// <summary>What does one event cost to write, over the platform's own formatter?</summary>
/// <remarks>That one writes each event to the stream, as it was made to, and enumerates a source.</remarks>
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class FrameBenchmarks
{
    private const int Frames = 10_000;

    // As often as a response is flushed whose chunks are ready at once.
    private const int FramesAFlush = 100;

    private static readonly FrameText Chunk = new("token", 7);
    private static readonly JsonTypeInfo<FrameText> Type = FrameJson.Default.FrameText;

    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    [BenchmarkCategory("text")]
    public Task PlatformText() => SseFormatter.WriteAsync(Repeat(new SseItem<string>("token")), Stream.Null);

    [Benchmark(OperationsPerInvoke = Frames)]
    [BenchmarkCategory("text")]
    public Task Text() => WriteAsync(new SseItem<string>("token"), null);

    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    [BenchmarkCategory("JSON")]
    public Task PlatformJson() => SseFormatter.WriteAsync(
        Repeat(new SseItem<FrameText>(Chunk)),
        Stream.Null,
        static (item, output) =>
        {
            using var json = new Utf8JsonWriter(output);
            JsonSerializer.Serialize(json, item.Data, Type);
        });

    [Benchmark(OperationsPerInvoke = Frames)]
    [BenchmarkCategory("JSON")]
    public Task Json() => WriteAsync(new SseItem<FrameText>(Chunk), Type);

    private static async Task WriteAsync<T>(SseItem<T> item, JsonTypeInfo<T>? type)
    {
        var pipe = PipeWriter.Create(Stream.Null);
        var frames = new SseFrameWriter(pipe);
        for (var i = 0; i < Frames; i++)
        {
            frames.Write(item, type);
            if (i % FramesAFlush == 0)
            {
                await frames.FlushAsync();
            }
        }

        await pipe.CompleteAsync();
    }

    private static async IAsyncEnumerable<SseItem<T>> Repeat<T>(SseItem<T> item)
    {
        for (var i = 0; i < Frames; i++)
        {
            yield return item;
        }
    }
}
