using System.Collections;
using System.Text.Json.Nodes;

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
                Gateways: TextOf(key, gateways[key], word => SdkDeviations.WordFor(word, sdk)),
                Sdks: TextOf(key, sdks[key], static word => word)))
            .Where(static pair => pair.Gateways != pair.Sdks)
            .Select(static pair => $"{pair.Key}: {pair.Gateways} -> {pair.Sdks}"),
    ];

    private static string TextOf(string key, object? value, Func<string, string> wordFor) => value switch
    {
        null => "none",
        string text when key == GenAiAttributes.OutputMessages => MessagesOf(text, wordFor),
        string text => text,
        IEnumerable<string> texts => string.Join(",", texts.Select(wordFor)),
        IEnumerable values => string.Join(",", values.Cast<object?>()),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };

    // An SDK may have read the arguments of a tool, and written them again without their spaces.
    private static string MessagesOf(string json, Func<string, string> wordFor)
    {
        var messages = JsonNode.Parse(json)!.AsArray();
        foreach (var message in messages.Where(static message => message!["finish_reason"] is not null))
        {
            message!["finish_reason"] = wordFor(message["finish_reason"]!.GetValue<string>());
        }

        return messages.ToJsonString();
    }
}
