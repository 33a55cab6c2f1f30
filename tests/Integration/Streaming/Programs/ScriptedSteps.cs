namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>What a scripted source does, and what it needs for it.</summary>
internal sealed record ScriptedSteps(
    IReadOnlyList<SourceStep> Steps, PullGates? Gates, ProgramRun Run, IReadOnlyList<Step> Finally, string At);
