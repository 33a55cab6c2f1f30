using System.Collections;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>Holds the attributes of two spans of the same stream against each other.</summary>
internal static class SpanDifferences
{
    // What two runs never have in common: their times, what each writes to its own client, and how many chunks an SDK
    // makes of the provider's events.
    private static readonly HashSet<string> Own =
    [
        GenAiAttributes.ResponseTimeToFirstChunk, LlmTracingAttributes.StreamLongestGap,
        LlmTracingAttributes.StreamWriteWait, LlmTracingAttributes.StreamBytes, LlmTracingAttributes.StreamChunks,
    ];

    /// <summary>Gives a line for each attribute that differs: its name, the gateway's value, the SDK's.</summary>
    public static IReadOnlyList<string> Of(RecordedSpan gateways, RecordedSpan sdks, string sdk) =>
    [
        .. gateways.Attributes.Concat(sdks.Attributes).Select(static attribute => attribute.Key).Distinct()
            .Where(static key => !Own.Contains(key))
            .Select(key => (
                Key: key,
                Gateways: TextOf(gateways[key], word => SdkDeviations.WordFor(word, sdk)),
                Sdks: TextOf(sdks[key])))
            .Where(static pair => pair.Gateways != pair.Sdks)
            .Select(static pair => $"{pair.Key}: {pair.Gateways} -> {pair.Sdks}"),
    ];

    private static string TextOf(object? value, Func<string, string>? wordFor = null) => value switch
    {
        null => "none",
        string text => text,
        IEnumerable<string> texts => string.Join(",", texts.Select(wordFor ?? (static text => text))),
        IEnumerable values => string.Join(",", values.Cast<object?>()),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
