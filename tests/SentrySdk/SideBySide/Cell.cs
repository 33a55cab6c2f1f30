using System.Text.Json;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.SentrySdk.SideBySide;

/// <summary>What Sentry was told of a call, in the words of the table of docs/sentry-sdk.md.</summary>
internal static class Cell
{
    private const string Call = "gen_ai.chat";

    public static string Of(Received received)
    {
        var transactions = received.OfType("transaction");
        var parts = new List<string>();
        if (transactions.Count == 0)
        {
            parts.Add("nothing");
        }
        else
        {
            parts.Add(OfCalls([.. transactions.SelectMany(static one => one.At("spans").Elements()).Where(IsCall)]));
            parts.Add($"request {StatusOf(transactions[^1].At("contexts").At("trace"))}");
        }

        var errors = received.OfType("event").Count;
        if (errors > 0)
        {
            parts.Add(errors == 1 ? "an error event" : $"{errors} error events");
        }

        return string.Join("; ", parts);
    }

    private static bool IsCall(JsonElement span) => span.At("op").AsText() == Call;

    private static string OfCalls(IReadOnlyList<JsonElement> calls) => calls.Count switch
    {
        0 => "no call",
        1 => $"call {StatusOf(calls[0])}, {TokensOf(calls[0])}",
        _ => calls.DistinctBy(static call => call.At("parent_span_id").AsText()).Count() == 1
            ? $"{calls.Count} siblings"
            : $"{calls.Count} calls, each beneath another",
    };

    private static string StatusOf(JsonElement span) => $"`{span.At("status").AsText() ?? "none"}`";

    private static string TokensOf(JsonElement call) =>
        (call.At("data").At("gen_ai.usage.input_tokens"), call.At("data").At("gen_ai.usage.output_tokens")) switch
        {
            ({ ValueKind: JsonValueKind.Number } input, { ValueKind: JsonValueKind.Number } output) => $"{input} + {output} tokens",
            _ => "no tokens",
        };
}
