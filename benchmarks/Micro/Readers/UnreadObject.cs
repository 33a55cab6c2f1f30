namespace LlmTracing.Benchmarks.Micro.Readers;

/// <summary>As <see cref="Unread{T}"/>, for chunks that are objects: code for those is shared, and costs otherwise.</summary>
internal sealed record UnreadObject<T>(T Chunk);
