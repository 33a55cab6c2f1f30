namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>A program of spans, streams, calls and failures. Each part is called by its place in it.</summary>
internal sealed record SpanProgram(params IReadOnlyList<Step> Steps)
{
    public override string ToString() => ProgramText.Of(this);
}
