namespace LlmTracing.Benchmarks.Micro.Readers;

/// <summary>A chunk in a type that no reader is known for, so that it is only passed on.</summary>
internal readonly record struct Unread<T>(T Chunk);
