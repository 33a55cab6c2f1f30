namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>What a program's own step throws.</summary>
internal sealed class PlannedFailureException(string at) : Exception($"{at} throws.");
