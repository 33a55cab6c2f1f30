using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The links of a span, or of a transaction's trace context, to other spans.</summary>
/// <remarks>https://develop.sentry.dev/sdk/telemetry/traces/span-links/.</remarks>
internal static class SpanLinkChecker
{
    public static void Check(JsonElement span, string path, DeviationList deviations)
    {
        if (!span.Has("links"))
        {
            return;
        }

        var links = span.At("links");
        deviations.Require(
            links.Elements().Any(), $"{path}.links must be an array of links, or not be there, was {links.Shown()}.");
        foreach (var (index, link) in links.Elements().Index())
        {
            CheckLink(link, $"{path}.links[{index}]", deviations);
        }
    }

    private static void CheckLink(JsonElement link, string path, DeviationList deviations)
    {
        deviations.RequireMatch(link.At("span_id"), $"{path}.span_id", SentryFormats.SpanId, SentryFormats.SpanIdMeaning);
        deviations.RequireMatch(link.At("trace_id"), $"{path}.trace_id", SentryFormats.TraceId, SentryFormats.TraceIdMeaning);
        deviations.Require(
            link.At("sampled").ValueKind is JsonValueKind.True or JsonValueKind.False,
            $"{path}.sampled must be true or false, was {link.At("sampled").Shown()}.");
        foreach (var member in link.Members().Where(static member => !IsKnown(member.Name)))
        {
            deviations.Add($"{path} must not have {member.Name}.");
        }

        if (link.Has("attributes"))
        {
            SpanDataChecker.Check(link.At("attributes"), $"{path}.attributes", deviations);
        }
    }

    private static bool IsKnown(string name) => name is "span_id" or "trace_id" or "sampled" or "attributes";
}
