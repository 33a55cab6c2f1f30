namespace LlmTracing.Tests.Integration.Support;

/// <summary>A request as it arrived.</summary>
/// <param name="Path">What was asked for.</param>
/// <param name="Connection">The connection that it came over.</param>
/// <param name="Headers">Its headers, by their names in whatever case.</param>
internal sealed record RecordedRequest(string? Path, string Connection, IReadOnlyDictionary<string, string> Headers)
{
    public string? SentryTrace => Headers.GetValueOrDefault("sentry-trace");

    public string? TraceParent => Headers.GetValueOrDefault("traceparent");

    public string? Baggage => Headers.GetValueOrDefault("baggage");

    /// <summary>Gets the span that made the call, by <c>sentry-trace</c>.</summary>
    public string? ParentSpanId => SentryTrace?.Split('-')[1];

    public string? TraceId => SentryTrace?.Split('-')[0];
}
