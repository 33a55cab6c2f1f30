using System.Diagnostics;

namespace LlmTracing.Tests.Unit.Support;

/// <summary>Makes spans and transactions as they are handed to a backend.</summary>
internal static class Finished
{
    public static readonly DateTimeOffset Start = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    public static FinishedSpan Span(params IEnumerable<(string Key, object? Value)> attributes) => new()
    {
        SpanId = ActivitySpanId.CreateFromString("00f067aa0ba902b7"),
        Source = "App",
        Name = "name",
        Start = Start,
        End = Start.AddTicks(12_500_001),
        Attributes = [.. attributes.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value))],
    };

    public static FinishedTransaction Transaction(FinishedSpan root, params IReadOnlyList<FinishedSpan> spans) =>
        new(ActivityTraceId.CreateFromString("4bf92f3577b34da6a3ce929d0e0e4736"), root, spans);
}
