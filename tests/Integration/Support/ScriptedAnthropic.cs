using System.Net;
using System.Text.Json.Nodes;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Anthropic's messages, streamed.</summary>
/// <remarks>https://docs.claude.com/en/docs/build-with-claude/streaming</remarks>
internal sealed class ScriptedAnthropic : ScriptedProvider
{
    private ScriptedAnthropic()
    {
    }

    /// <summary>Gets the endpoint as Anthropic's SDK wants it, without the version.</summary>
    public override string BaseUrl => $"http://127.0.0.1:{Port}";

    protected override string Path => "/v1/messages";

    public static async Task<ScriptedAnthropic> StartAsync()
    {
        var provider = new ScriptedAnthropic();
        await provider.ListenAsync();
        return provider;
    }

    protected override ProviderConversation Converse(ProviderRequest request, ProviderScript script)
    {
        SseFrame[] opening =
        [
            Frame("message_start", new() { ["message"] = Message(request, script) }),
            Frame("content_block_start", new() { ["index"] = 0, ["content_block"] = Text("text", "") }),
            Frame("ping", []),
        ];
        var chunks = script.Chunks.Select(text => Frame(
            "content_block_delta", new() { ["index"] = 0, ["delta"] = Text("text_delta", text) }));
        SseFrame[] closing =
        [
            Frame("content_block_stop", new() { ["index"] = 0 }),
            Frame("message_delta", new() { ["delta"] = Stop(script), ["usage"] = Output(script.Usage.Output) }),
            Frame("message_stop", []),
        ];

        return new ProviderConversation(opening, [.. chunks], closing);
    }

    protected override SseFrame ErrorEvent(string message) => new("error", Error(message, "overloaded_error"));

    protected override string ErrorBody(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => Error("Invalid x-api-key.", "authentication_error"),
        HttpStatusCode.NotFound => Error("Not found.", "not_found_error"),
        HttpStatusCode.TooManyRequests => Error("Rate limit reached.", "rate_limit_error"),
        >= HttpStatusCode.InternalServerError => Error("Internal server error.", "api_error"),
        _ => Error("Bad request.", "invalid_request_error"),
    };

    private static SseFrame Frame(string type, JsonObject members)
    {
        members.Insert(0, "type", type);
        return SseFrame.FromJson(members, type);
    }

    private static JsonObject Text(string type, string text) => new() { ["type"] = type, ["text"] = text };

    private static JsonObject Stop(ProviderScript script) =>
        new() { ["stop_reason"] = script.FinishReason ?? "end_turn", ["stop_sequence"] = null };

    private static JsonObject Output(long tokens) => new() { ["output_tokens"] = tokens };

    private static JsonObject Message(ProviderRequest request, ProviderScript script) => new()
    {
        ["id"] = script.ResponseId,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = script.Model ?? request.Model,
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
        ["usage"] = new JsonObject
        {
            ["input_tokens"] = script.Usage.Input,
            ["cache_creation_input_tokens"] = script.Usage.CacheWrite,
            ["cache_read_input_tokens"] = script.Usage.CacheRead,

            // The count at the time of sending: message_delta has the final one.
            ["output_tokens"] = 1,
        },
    };

    private static string Error(string message, string type)
    {
        var error = new JsonObject { ["type"] = type, ["message"] = message };
        return new JsonObject { ["type"] = "error", ["error"] = error }.ToJsonString();
    }
}
