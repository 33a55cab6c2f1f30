namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>The spans that are started by hand.</summary>
internal enum SpanKind
{
    Task,
    Workflow,
    Agent,
    Tool,
    Chat,
}
