namespace LlmTracing.Tests.Unit.Support;

/// <summary>Sources and consumers that many tests need.</summary>
internal static class Streams
{
    /// <summary>Gives chunks that are all there already.</summary>
    public static async IAsyncEnumerable<T> Of<T>(params IEnumerable<T> chunks)
    {
        await Task.CompletedTask;
        foreach (var chunk in chunks)
        {
            yield return chunk;
        }
    }

    /// <summary>Gives chunks that are all there already, and then throws.</summary>
    public static async IAsyncEnumerable<T> Failing<T>(Exception failure, params IEnumerable<T> chunks)
    {
        await Task.CompletedTask;
        foreach (var chunk in chunks)
        {
            yield return chunk;
        }

        throw failure;
    }

    /// <summary>Reads a stream of chunks that are all there to its end.</summary>
    public static async Task<List<T>> ReadAsync<T>(this IAsyncEnumerable<T> stream)
    {
        var chunks = new List<T>();
        await foreach (var chunk in stream)
        {
            chunks.Add(chunk);
        }

        return chunks;
    }
}
