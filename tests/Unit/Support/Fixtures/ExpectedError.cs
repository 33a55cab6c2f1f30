namespace LlmTracing.Tests.Unit.Support.Fixtures;

/// <summary>The error in a stream as it is written down beside it.</summary>
public sealed record ExpectedError(string? Type, string? Message);
