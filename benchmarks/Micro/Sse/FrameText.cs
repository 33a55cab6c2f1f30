namespace LlmTracing.Benchmarks.Micro.Sse;

/// <summary>A chunk that is written as JSON.</summary>
internal sealed record FrameText(string Text, int Number);
