using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A span of a received transaction, already found free of deviations.</summary>
internal sealed class SentrySpan(JsonElement json)
{
    public JsonElement Json => json;

    public string Op => json.GetProperty("op").GetString()!;

    public string? Description => json.At("description").AsText();

    public string Status => json.GetProperty("status").GetString()!;

    public string? Origin => json.At("origin").AsText();

    public string TraceId => json.GetProperty("trace_id").GetString()!;

    public string SpanId => json.GetProperty("span_id").GetString()!;

    public string ParentSpanId => json.GetProperty("parent_span_id").GetString()!;

    /// <summary>Gets the start in seconds since 1970.</summary>
    public double Start => json.GetProperty("start_timestamp").GetDouble();

    /// <summary>Gets the end in seconds since 1970.</summary>
    public double End => json.GetProperty("timestamp").GetDouble();

    public TimeSpan Duration => TimeSpan.FromSeconds(End - Start);

    /// <summary>Gets the ids of the spans that it is linked to.</summary>
    public IEnumerable<string> Links => json.At("links").Elements().Select(static link => link.GetProperty("span_id").GetString()!);

    public SentryData Data { get; } = new(json.At("data"));

    public override string ToString() => $"{Op} ({Description}, {Status})";
}
