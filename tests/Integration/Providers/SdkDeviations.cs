using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>
/// What the providers' SDKs throw at, or do not pass on, of the written streams; everything else must be on the span.
/// </summary>
internal static class SdkDeviations
{
    private const string NoNulls = "Its types have no null: a field that is null, or not there, is a fault to it.";
    private const string Int32 = "Its counts have 32 bits.";
    private const string OwnPlace = "It reads usage only where OpenAI has it.";
    private const string NoEnd = "The abstraction does not tell whether the provider's own end came.";
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
                "source: provider -> none",
            ]),
        [("chat", "usage-nulls-large-numbers")] = (
            Int32,
            [
                "outcome: completed -> upstream_failed", "error: none -> System.FormatException",
                "model: compat-model-1 -> asked", "id: chatcmpl-Big0022 -> none", "reasons: stop -> error",
                "input: 1099511627776 -> none", "output: 1099511627777 -> none", "cached: 549755813888 -> none",
                "reasoning: 8589934592 -> none", "total: 2199023255553 -> none",
                "source: provider -> none",
            ]),
        [("chat", "error-in-choice")] = (
            "It leaves out what it does not know of a choice.",
            ["outcome: upstream_failed -> completed", "error: server_error -> none", "reasons: error -> none"]),
        [("chat", "finish-reason-error")] = (
            "It throws at a finish reason that it does not know.",
            ["error: error -> System.ArgumentOutOfRangeException"]),
        [("chat", "content-parts")] = (
            "It throws at a kind of part that it does not know.",
            [
                "outcome: completed -> upstream_failed", "error: none -> System.ArgumentOutOfRangeException",
                "reasons: stop -> error", "input: 40 -> none", "output: 4 -> none", "total: 44 -> none",
                "source: provider -> none",
            ]),
        [("chat", "usage-in-choice")] = (
            OwnPlace,
            [
                "input: 40 -> none", "output: 1 -> none", "cached: 16 -> none", "total: 41 -> none",
                "source: provider -> none",
            ]),
        [("chat", "usage-of-groq")] = (
            OwnPlace,
            ["input: 40 -> none", "output: 1 -> none", "total: 41 -> none", "source: provider -> none"]),
        [("chat", "usage-cache-hits")] = (OwnPlace, ["cached: 32 -> none"]),
        [("responses", "framing")] = (
            NoNulls,
            [
                "outcome: completed -> upstream_failed", "error: none -> System.InvalidOperationException",
                "reasons: completed -> error", "input: 41 -> none", "output: 3 -> none", "total: 44 -> none",
                "source: provider -> none",
            ]),
        [("responses", "web-search-decoys")] = (
            "It throws at a status of an annotation or tool that it does not know.",
            [
                "outcome: completed -> upstream_failed", "error: none -> System.ArgumentOutOfRangeException",
                "reasons: completed -> error", "input: 1099511627776 -> none", "output: 8589934592 -> none",
                "cached: 549755813888 -> none", "reasoning: 4294967296 -> none", "total: 1108101562368 -> none",
                "source: provider -> none",
            ]),
        [("messages", "error-mid-stream")] = (
            Thrown,
            [
                "error: overloaded_error -> Anthropic.Exceptions.AnthropicSseException",
            ]),
        [("messages", "error-first")] = (
            Thrown, ["error: rate_limit_error -> Anthropic.Exceptions.AnthropicSseException"]),
        [("messages", "framing")] = (
            "It takes [DONE] for an event.",
            [
                "outcome: completed -> upstream_failed",
                "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException",
                "source: provider -> partial",
            ]),
        [("chat client", "cut-mid-json")] = (NoEnd, ["source: partial -> provider"]),
        [("chat client", "cut-before-stop")] = (NoEnd, ["source: partial -> provider"]),
        [("chat client", "begun-again")] = (
            "It takes the id from the first message of a stream.", ["id: msg_try2 -> msg_try1"]),
        [("chat client", "error-mid-stream")] = (
            Thrown,
            [
                "error: overloaded_error -> Anthropic.Exceptions.AnthropicSseException",
            ]),
        [("chat client", "error-first")] = (
            Thrown, ["error: rate_limit_error -> Anthropic.Exceptions.AnthropicSseException"]),
        [("chat client", "framing")] = (
            "It takes [DONE] for an event.",
            [
                "outcome: completed -> upstream_failed",
                "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException",
                "source: provider -> partial",
            ]),
        [("chat client", "decoys")] = (
            NoNulls,
            [
                "outcome: completed -> upstream_failed",
                "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException",
                "reasons: tool_calls -> error", "output: 31 -> none", "total: 227 -> none",
                "source: provider -> partial",
            ]),
        [("chat client", "usage-nulls-large-numbers")] = (
            NoNulls,
            [
                "outcome: completed -> upstream_failed",
                "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException",
                "reasons: stop -> error", "input: 1649267441664 -> 0", "output: 8589934592 -> none",
                "cached: 549755813888 -> none", "total: 1657857376256 -> none",
                "source: provider -> partial",
            ]),
        [("chat client", "usage-less")] = (
            NoNulls,
            [
                "outcome: completed -> upstream_failed",
                "error: none -> Anthropic.Exceptions.AnthropicInvalidDataException",
                "model: local-claude-like -> asked", "id: msg_us3l3ss011 -> none", "reasons: stop -> error",
            ]),
    };

    /// <summary>Gets the streams and SDKs of which something is known.</summary>
    public static IEnumerable<(string Sdk, string Stream)> Listed => Known.Keys;

    /// <summary>Gives every stream that an SDK can take, with each SDK that can.</summary>
    public static TheoryData<string, string> Streams => new(
        from fixture in StreamFixture.All
        from sdk in SdksOf(fixture.Dialect)
        select (sdk, fixture.Name));

    /// <summary>Gives the lines that are known for a stream and an SDK, and why; none for most.</summary>
    public static (string Why, string[] Lines) Of(string sdk, string name) =>
        Known.GetValueOrDefault((sdk, name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]), ("", []));

    /// <summary>Gives the same lines in the words of a span: attributes, the gateway's value, the SDK's.</summary>
    public static IReadOnlyList<string> AttributesOf(string sdk, string name) =>
    [
        .. Of(sdk, name).Lines.Select(static line => line.Split(':', 2))
            .Select(static parts => $"{SpanDeviations.Attributes[parts[0]]}:{parts[1]}"),
    ];

    /// <summary>Gives an SDK's word for a finish reason: a chat client has the abstraction's.</summary>
    public static string WordFor(string reason, string sdk) => sdk != SdkSpans.ChatClient ? reason : reason switch
    {
        "end_turn" or "stop_sequence" => "stop",
        "tool_use" => "tool_calls",
        "max_tokens" => "length",
        "refusal" => "content_filter",
        _ => reason,
    };

    private static IEnumerable<string> SdksOf(LlmDialect dialect) => dialect switch
    {
        LlmDialect.OpenAIChat => [SdkSpans.Chat],
        LlmDialect.OpenAIResponses => [SdkSpans.Responses],
        LlmDialect.Anthropic => [SdkSpans.Messages, SdkSpans.ChatClient],
        _ => [],
    };
}
