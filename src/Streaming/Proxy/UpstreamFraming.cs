namespace LlmTracing.Streaming.Proxy;

/// <summary>Says how the chunks of a provider's body are told apart.</summary>
internal static class UpstreamFraming
{
    private static readonly string[] LineTypes =
        ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines"];

    /// <summary>Gives what cuts a body into its chunks, by its type, its dialect and its first bytes.</summary>
    public static IPayloadSplitter SplitterFor(HttpResponseMessage upstream, LlmDialect? dialect, ReadOnlySpan<byte> start)
    {
        if (IsLines(upstream, dialect))
        {
            return new PayloadSplitter(isLines: true);
        }

        // An event begins with neither. So a whole answer, and an array of chunks, are found however they are labelled, and
        // events too that are labelled as JSON.
        return WithoutMark(start).TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..]
            ? new ObjectSplitter()
            : new PayloadSplitter(isLines: false);
    }

    /// <summary>Tells whether the body says itself that it is of chunks, or one; of others, a piece may be of anything.</summary>
    public static bool IsOfChunks(HttpResponseMessage upstream, LlmDialect? dialect) =>
        "text/event-stream".Equals(TypeOf(upstream), StringComparison.OrdinalIgnoreCase) || IsLines(upstream, dialect);

    /// <summary>Gives the media type, where there is one.</summary>
    public static string? TypeOf(HttpResponseMessage upstream) => upstream.Content.Headers.ContentType?.MediaType;

    private static bool IsLines(HttpResponseMessage upstream, LlmDialect? dialect) =>
        LineTypes.Contains(TypeOf(upstream), StringComparer.OrdinalIgnoreCase)
        || (dialect is LlmDialect.Ollama
            && !"text/event-stream".Equals(TypeOf(upstream), StringComparison.OrdinalIgnoreCase));

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> start) =>
        start is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : start;
}
