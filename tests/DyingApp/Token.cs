namespace LlmTracing.Tests.DyingApp;

/// <summary>A chunk that says what the answer has used by now.</summary>
internal sealed record Token(string Text, long Input, long Output);
