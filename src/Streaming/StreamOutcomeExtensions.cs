namespace LlmTracing;

/// <summary>Spells a <see cref="StreamOutcome"/> as attributes and error events do.</summary>
public static class StreamOutcomeExtensions
{
    private static readonly string[] Names =
    [
        "completed", "client_disconnected", "upstream_failed", "upstream_timed_out",
        "write_timed_out", "server_stopping", "abandoned", "process_terminated",
    ];

    /// <summary>Gives the outcome in snake case, for example <c>client_disconnected</c>.</summary>
    /// <param name="outcome">An outcome.</param>
    public static string ToAttributeValue(this StreamOutcome outcome) => Names[(int)outcome];

    /// <summary>Reads back what <see cref="ToAttributeValue"/> wrote.</summary>
    /// <param name="value">The value of an attribute, of any type.</param>
    /// <returns>The outcome, or null where the value is not one.</returns>
    public static StreamOutcome? FromAttributeValue(object? value) =>
        Array.IndexOf(Names, value as string) is var index and >= 0 ? (StreamOutcome)index : null;
}
