namespace LlmTracing.Tests.Integration.Providers;

/// <summary>What the providers' SDKs throw at, or do not pass on, of the written streams; everything else must be on the span.</summary>
internal static class SdkDeviations
{
    private const string NoNulls = "Its types have no null: a field that is null, or not there, is a fault to it.";
    private const string Int32 = "Its counts have 32 bits.";
    private const string Thrown = "It throws at an error event, and so the exception is the error.";

    private static readonly Dictionary<(string Sdk, string Stream), (string Why, string[] Lines)> Known = new()
    {
        [("chat", "multi-choice")] = (
            "It keeps the first choice of each chunk, without its index.",
            ["reasons: stop,length,stop -> length"]),
        [("chat", "error-with-finish")] = (
            "It throws at a finish reason that it does not know.",
            ["error: server_error -> System.ArgumentOutOfRangeException"]),
        [("chat", "not-json")] = (
            "It throws at a chunk that is not JSON.",
            [
                "outcome: completed -> upstream_failed", "error: none -> System.Text.Json.JsonReaderException",
                "reasons: stop -> error", "input: 6 -> none", "output: 2 -> none", "total: 8 -> none",
            ]),
        [("chat", "usage-nulls-large-numbers")] = (
            Int32,
            [
                "outcome: completed -> upstream_failed", "error: none -> System.FormatException",
                "model: compat-model-1 -> asked", "id: chatcmpl-Big0022 -> none", "reasons: stop -> error",
                "input: 1099511627776 -> none", "output: 1099511627777 -> none", "cached: 549755813888 -> none",
                "reasoning: 8589934592 -> none", "total: 2199023255553 -> none",
            ]),
        [("responses", "framing")] = (
            NoNulls,
            [
                "outcome: completed -> upstream_failed", "error: none -> System.InvalidOperationException",
                "reasons: completed -> error", "input: 41 -> none", "output: 3 -> none", "total: 44 -> none",
            ]),
        [("responses", "web-search-decoys")] = (
            "It throws at a status of an annotation or tool that it does not know.",
            [
                "outcome: completed -> upstream_failed", "error: none -> System.ArgumentOutOfRangeException",
                "reasons: completed -> error", "input: 1099511627776 -> none", "output: 8589934592 -> none",
                "cached: 549755813888 -> none", "reasoning: 4294967296 -> none", "total: 1108101562368 -> none",
            ]),
        [("messages", "error-mid-stream")] = (
            Thrown, ["error: overloaded_error -> Anthropic.Exceptions.AnthropicSseException"]),
        [("messages", "error-first")] = (
            Thrown, ["error: rate_limit_error -> Anthropic.Exceptions.AnthropicSseException"]),
        [("messages", "framing")] = (
            "It takes [DONE] for an event.",
            ["outcome: completed -> upstream_failed", "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException"]),
        [("chat client", "error-mid-stream")] = (
            Thrown, ["error: overloaded_error -> Anthropic.Exceptions.AnthropicSseException"]),
        [("chat client", "error-first")] = (
            Thrown, ["error: rate_limit_error -> Anthropic.Exceptions.AnthropicSseException"]),
        [("chat client", "framing")] = (
            "It takes [DONE] for an event.",
            ["outcome: completed -> upstream_failed", "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException"]),
        [("chat client", "decoys")] = (
            NoNulls,
            [
                "outcome: completed -> upstream_failed", "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException",
                "reasons: tool_calls -> error", "output: 31 -> none", "total: 227 -> none",
            ]),
        [("chat client", "usage-nulls-large-numbers")] = (
            NoNulls,
            [
                "outcome: completed -> upstream_failed", "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException",
                "reasons: stop -> error", "input: 1649267441664 -> 0", "output: 8589934592 -> none",
                "cached: 549755813888 -> none", "total: 1657857376256 -> none",
            ]),
        [("chat client", "usage-less")] = (
            NoNulls,
            [
                "outcome: completed -> upstream_failed", "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException",
                "model: local-claude-like -> asked", "id: msg_us3l3ss011 -> none", "reasons: stop -> error",
            ]),
    };

    /// <summary>Gives the lines that are known for a stream and an SDK, and why; none for most.</summary>
    public static (string Why, string[] Lines) Of(string sdk, string name) =>
        Known.GetValueOrDefault((sdk, name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]), ("", []));
}
