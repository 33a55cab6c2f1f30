using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Reads what Sentry's SDK sends in the form that the checkers know: times as numbers, and a list of spans always.</summary>
internal static class SdkForm
{
    private static readonly string[] Times = ["start_timestamp", "timestamp"];

    public static SentryEnvelope Of(SentryEnvelope envelope) =>
        envelope with { Items = [.. envelope.Items.Select(static item => item with { Payload = Of(item) })] };

    private static JsonElement Of(SentryEnvelopeItem item)
    {
        var payload = JsonNode.Parse(item.Payload.GetRawText())!;
        if (payload is JsonObject @event)
        {
            MakeNumbers(@event);
            if (item.Type == EnvelopeChecker.Transaction)
            {
                @event["spans"] ??= new JsonArray();
            }

            foreach (var span in @event["spans"] as JsonArray ?? [])
            {
                MakeNumbers(span!.AsObject());
            }
        }

        return JsonSerializer.SerializeToElement(payload);
    }

    private static void MakeNumbers(JsonObject span)
    {
        foreach (var name in Times)
        {
            if (span[name] is JsonValue value && value.TryGetValue(out string? text))
            {
                var time = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
                span[name] = (decimal)(time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
            }
        }
    }
}
