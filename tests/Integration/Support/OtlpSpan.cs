using System.Diagnostics;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A span as a collector gets it.</summary>
internal sealed class OtlpSpan
{
    /// <summary>Gets the name of the source that made it.</summary>
    public required string Scope { get; init; }

    public string TraceId { get; set; } = "";

    public string SpanId { get; set; } = "";

    /// <summary>Gets or sets its parent's id, empty for the root of a trace.</summary>
    public string ParentSpanId { get; set; } = "";

    public string Name { get; set; } = "";

    public ActivityKind Kind { get; set; }

    /// <summary>Gets or sets the start in nanoseconds since 1970.</summary>
    public ulong Start { get; set; }

    /// <summary>Gets or sets the end in nanoseconds since 1970.</summary>
    public ulong End { get; set; }

    public ActivityStatusCode Status { get; set; }

    /// <summary>Gets the attributes: strings, long, double, bool, and arrays of them.</summary>
    public Dictionary<string, object?> Attributes { get; } = [];

    /// <summary>Gets the names of its events.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Gets the ids of the spans that it is linked to.</summary>
    public List<string> Links { get; } = [];

    public override string ToString() => $"{Name} ({Scope}, {Kind})";
}
