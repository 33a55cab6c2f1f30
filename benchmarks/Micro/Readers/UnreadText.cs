namespace LlmTracing.Benchmarks.Micro.Readers;

/// <summary>A chunk of text of a type that no reader is known for, so that it is only passed on.</summary>
internal readonly record struct UnreadText(string Text);
