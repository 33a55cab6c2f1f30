namespace LlmTracing.Streaming.Flow;

/// <summary>What was written of a stream to its client; only whoever holds the response's gate adds to it.</summary>
internal sealed class StreamWriting
{
    /// <summary>Gets or sets how many bytes were handed to the server.</summary>
    public long Bytes { get; set; }

    /// <summary>Gets or sets the time spent waiting for the client to take them.</summary>
    public TimeSpan Wait { get; set; }
}
