using System.Diagnostics;

namespace LlmTracing;

/// <summary>
/// What a span says of another that is not its parent: of the one, for example, that asked for the tool that it runs.
/// </summary>
/// <param name="TraceId">The trace of the other span, most often the same.</param>
/// <param name="SpanId">The id of the other span.</param>
public sealed record FinishedLink(ActivityTraceId TraceId, ActivitySpanId SpanId)
{
    /// <summary>Gets a value indicating whether the other span is recorded.</summary>
    public bool IsSampled { get; init; }

    /// <summary>Gets what the app says of the link: strings, numbers, booleans and arrays of them.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Attributes { get; init; } = [];
}
