using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// The item that holds the spans of AI work where they are not in their transaction: its own form, and its spans as the
/// transaction would hold them, for every other rule.
/// </summary>
internal static class SpanItemChecker
{
    private const string ContentType = "application/vnd.sentry.items.span.v2+json";
    private const string OpPrefix = "gen_ai.";

    public static void Check(SentryEnvelopeItem item, JsonElement @event, DeviationList deviations)
    {
        JsonElement[] spans = [.. item.Payload.At("items").Elements()];
        deviations.RequireEqual(item.Header.At("content_type"), "span item content_type", ContentType);
        deviations.Require(
            item.Header.At("item_count").AsNumber() == spans.Length && spans.Length > 0,
            $"span item item_count must be {spans.Length}, was {item.Header.At("item_count").Shown()}.");
        deviations.Require(item.Payload.At("version").AsNumber() == 2, "span item version must be 2.");
        foreach (var (index, span) in spans.Index())
        {
            CheckSpan(span, $"items[{index}]", @event, deviations);
        }

        foreach (var (index, span) in @event.At("spans").Elements().Index())
        {
            deviations.Require(
                span.At("op").AsText()?.StartsWith(OpPrefix, StringComparison.Ordinal) is not true,
                $"spans[{index}] is of AI work, which belongs to the span item.");
        }
    }

    /// <summary>Gives the event with the item's spans among its own, by their start.</summary>
    public static JsonElement Merge(JsonElement @event, SentryEnvelopeItem item)
    {
        var merged = JsonNode.Parse(@event.GetRawText())!;
        var own = @event.At("spans").Elements().Select(static span => JsonNode.Parse(span.GetRawText())!);
        var moved = item.Payload.At("items").Elements().Select(AsSpan);
        JsonNode[] spans = [.. own.Concat(moved).OrderBy(static span => (double?)span["start_timestamp"])];
        merged["spans"] = new JsonArray(spans);
        return JsonSerializer.SerializeToElement(merged);
    }

    private static void CheckSpan(JsonElement span, string path, JsonElement @event, DeviationList deviations)
    {
        var attributes = span.At("attributes");
        deviations.RequireText(span.At("name"), $"{path}.name");
        deviations.Require(
            span.At("status").AsText() is "ok" or "error",
            $"{path}.status must be ok or error, was {span.At("status").Shown()}.");
        deviations.Require(
            span.At("is_segment").ValueKind == JsonValueKind.False,
            $"{path}.is_segment must be false, was {span.At("is_segment").Shown()}.");
        deviations.RequireEqual(
            attributes.At("sentry.segment.id").At("value"), $"{path}.attributes.sentry.segment.id",
            @event.At("contexts").At("trace").At("span_id").AsText() ?? "");
        deviations.RequireText(attributes.At("sentry.sdk.name").At("value"), $"{path}.attributes.sentry.sdk.name");
        CheckTypes(attributes, $"{path}.attributes", deviations);
        foreach (var (index, link) in span.At("links").Elements().Index())
        {
            CheckTypes(link.At("attributes"), $"{path}.links[{index}].attributes", deviations);
        }
    }

    private static void CheckTypes(JsonElement attributes, string path, DeviationList deviations)
    {
        foreach (var attribute in attributes.Members())
        {
            deviations.Require(
                IsTyped(attribute.Value),
                $"{path}.{attribute.Name} must have a type and a value of it, was {attribute.Value.Shown()}.");
        }
    }

    private static bool IsTyped(JsonElement attribute) => attribute.At("type").AsText() switch
    {
        "string" => attribute.At("value").ValueKind == JsonValueKind.String,
        "boolean" => attribute.At("value").ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => attribute.At("value") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out _),
        "double" => attribute.At("value").ValueKind == JsonValueKind.Number,
        _ => false,
    };

    private static JsonNode AsSpan(JsonElement span)
    {
        var attributes = span.At("attributes");
        var whole = new JsonObject
        {
            ["trace_id"] = Copy(span.At("trace_id")),
            ["span_id"] = Copy(span.At("span_id")),
            ["parent_span_id"] = Copy(span.At("parent_span_id")),
            ["op"] = Copy(attributes.At("sentry.op").At("value")),
            ["origin"] = Copy(attributes.At("sentry.origin").At("value")),
            ["description"] = Copy(span.At("name")),
            ["status"] = span.At("status").AsText() == "ok" ? "ok" : "internal_error",
            ["start_timestamp"] = Copy(span.At("start_timestamp")),
            ["timestamp"] = Copy(span.At("end_timestamp")),
            ["data"] = ValuesOf(attributes, static name => !IsSentrys(name)),
        };
        if (span.Has("links"))
        {
            whole["links"] = new JsonArray([.. span.At("links").Elements().Select(AsLink)]);
        }

        return whole;
    }

    private static JsonNode AsLink(JsonElement link)
    {
        var whole = Copy(link)!;
        if (link.Has("attributes"))
        {
            whole["attributes"] = ValuesOf(link.At("attributes"), static _ => true);
        }

        return whole;
    }

    private static JsonObject ValuesOf(JsonElement attributes, Func<string, bool> isWanted)
    {
        var values = new JsonObject();
        foreach (var attribute in attributes.Members().Where(member => isWanted(member.Name)))
        {
            values[attribute.Name] = Copy(attribute.Value.At("value"));
        }

        return values;
    }

    private static bool IsSentrys(string name) => name.StartsWith("sentry.", StringComparison.Ordinal);

    private static JsonNode? Copy(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined ? null : JsonNode.Parse(value.GetRawText());
}
