using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>What an app streams in one response.</summary>
internal sealed record WireStream(IReadOnlyList<WireChunk> Chunks, bool OpenAiDone = false)
{
    public TracedSseOptions Options =>
        new() { Completion = OpenAiDone ? SseCompletion.OpenAiDone : SseCompletion.Event };

    public async IAsyncEnumerable<SseItem<string>> ItemsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var chunk in Chunks)
        {
            if (chunk.Waits)
            {
                // The pull does not complete at once, so what is written is flushed: a border for the network too.
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }

            yield return chunk.Item;
        }
    }

    public override string ToString() =>
        $"{string.Join('\n', Chunks)}\n{(OpenAiDone ? "[DONE]" : "event done")}";
}
