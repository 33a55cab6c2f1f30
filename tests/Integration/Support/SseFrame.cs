using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>One server-sent event. <paramref name="Event"/> is "message" where the wire names none.</summary>
internal sealed record SseFrame(string Event, string Data)
{
    public const string DefaultEvent = "message";

    // Providers send text as UTF-8 and not as \u escapes.
    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static SseFrame FromJson(JsonObject json, string @event = DefaultEvent) =>
        new(@event, json.ToJsonString(Plain));

    /// <summary>The frame as it goes over the wire, blank line included.</summary>
    public string ToWire() => Event == DefaultEvent ? $"data: {Data}\n\n" : $"event: {Event}\ndata: {Data}\n\n";
}
