using System.Diagnostics;

namespace LlmTracing.Middleware.Journal;

/// <summary>A span as it was last written to its slot, and what its slot says of its transaction.</summary>
/// <param name="Slot">The index of the slot.</param>
/// <param name="Root">Where the root of its transaction is, for the root itself its own place.</param>
/// <param name="TraceId">The trace.</param>
/// <param name="Span">The span; one that was open ends where its process last gave a sign of life in it.</param>
/// <param name="Progress">The progress of its stream, if it has got any.</param>
internal sealed record SpanRecord(
    int Slot, SpanPlace Root, ActivityTraceId TraceId, FinishedSpan Span, StreamProgress? Progress)
{
    public bool IsRequest { get; init; }

    public IReadOnlyList<KeyValuePair<string, string?>> TraceBaggage { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string?>> Resource { get; init; } = [];

    public bool IsRoot => Root == new SpanPlace(Slot, Span.SpanId);
}
