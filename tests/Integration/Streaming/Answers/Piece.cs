namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>What an event of the test's endpoints carries.</summary>
public sealed record Piece(string TheText, int? Index);
