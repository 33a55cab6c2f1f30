namespace LlmTracing.Tests.Unit.Support.Fixtures;

/// <summary>The reading of a stream as it is written down beside it. See the README there.</summary>
public sealed record ExpectedReading(
    string Source,
    string About,
    string Dialect,
    string? Model,
    string? ResponseId,
    IReadOnlyList<string> FinishReasons,
    ExpectedUsage Usage,
    string Text,
    long TextLength,
    IReadOnlyList<LlmToolCall> ToolCalls,
    ExpectedError? Error,
    bool IsComplete,
    int Chunks);
