namespace LlmTracing.Streaming.Readers;

/// <summary>Where a tool call stands in what the provider sends.</summary>
/// <param name="Choice">Which of several answers asks for it.</param>
/// <param name="Number">What pieces of its arguments are told by, if they come in pieces.</param>
internal readonly record struct ToolCallPlace(int Choice, int? Number);
