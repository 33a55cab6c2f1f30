using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A received transaction, already found free of deviations.</summary>
/// <param name="header">The header of its envelope.</param>
/// <param name="json">The event with all its spans.</param>
/// <param name="sent">The event as it was sent, which may have spans in an item of their own.</param>
internal sealed class SentryTransaction(JsonElement header, JsonElement json, JsonElement sent)
{
    private readonly JsonElement _trace = json.GetProperty("contexts").GetProperty("trace");

    public JsonElement Header => header;

    public JsonElement Json => json;

    /// <summary>Gets the spans that were sent within the event.</summary>
    public IEnumerable<SentrySpan> SpansInEvent =>
        sent.GetProperty("spans").EnumerateArray().Select(static span => new SentrySpan(span));

    public string EventId => json.GetProperty("event_id").GetString()!;

    public string Name => json.GetProperty("transaction").GetString()!;

    public string Source => json.GetProperty("transaction_info").GetProperty("source").GetString()!;

    public string Op => _trace.GetProperty("op").GetString()!;

    public string Status => _trace.GetProperty("status").GetString()!;

    public string Origin => _trace.GetProperty("origin").GetString()!;

    public string TraceId => _trace.GetProperty("trace_id").GetString()!;

    public string SpanId => _trace.GetProperty("span_id").GetString()!;

    public string? ParentSpanId => _trace.At("parent_span_id").AsText();

    /// <summary>Gets the start in seconds since 1970.</summary>
    public double Start => json.GetProperty("start_timestamp").GetDouble();

    /// <summary>Gets the end in seconds since 1970.</summary>
    public double End => json.GetProperty("timestamp").GetDouble();

    public TimeSpan Duration => TimeSpan.FromSeconds(End - Start);

    public SentryData Data => new(_trace.At("data"));

    public SentryData Tags => new(json.At("tags"));

    /// <summary>Gets the trace's sampling context from the envelope header, empty if it has none.</summary>
    public IReadOnlyDictionary<string, string> Dsc { get; } =
        header.At("trace").Members().ToDictionary(member => member.Name, member => member.Value.GetString()!);

    /// <summary>Gets the spans in the order sent, which is by start.</summary>
    public IReadOnlyList<SentrySpan> Spans { get; } =
        [.. json.GetProperty("spans").EnumerateArray().Select(span => new SentrySpan(span))];

    /// <summary>Gets the spans directly under the transaction.</summary>
    public IEnumerable<SentrySpan> Children => ChildrenOf(SpanId);

    public IEnumerable<SentrySpan> OfOp(string op) => Spans.Where(span => span.Op == op);

    /// <summary>The one span of that op; fails the test naming what is there instead.</summary>
    public SentrySpan Single(string op)
    {
        var found = OfOp(op).ToList();
        Assert.True(found.Count == 1, $"{found.Count} spans are {op} in: {string.Join(", ", Spans)}.");
        return found[0];
    }

    public IEnumerable<SentrySpan> ChildrenOf(SentrySpan span) => ChildrenOf(span.SpanId);

    private IEnumerable<SentrySpan> ChildrenOf(string spanId) => Spans.Where(span => span.ParentSpanId == spanId);
}
