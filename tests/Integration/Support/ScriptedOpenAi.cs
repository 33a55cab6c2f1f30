using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>OpenAI's chat completions, streamed.</summary>
/// <remarks>https://platform.openai.com/docs/api-reference/chat-streaming</remarks>
internal sealed class ScriptedOpenAi : ScriptedProvider
{
    private ScriptedOpenAi()
    {
    }

    /// <summary>Gets the endpoint as OpenAI's SDK wants it, version included.</summary>
    public override string BaseUrl => $"http://127.0.0.1:{Port}/v1";

    protected override string Path => "/v1/chat/completions";

    public static async Task<ScriptedOpenAi> StartAsync()
    {
        var provider = new ScriptedOpenAi();
        await provider.ListenAsync();
        return provider;
    }

    protected override ProviderConversation Converse(ProviderRequest request, ProviderScript script)
    {
        var wantsUsage = request.Body.At("stream_options").At("include_usage").ValueKind == JsonValueKind.True;
        var usage = wantsUsage ? Usage(script.Usage) : null;
        var everyUsage = script.UsageOnEveryChunk ? usage : null;

        SseFrame Frame(JsonArray choices, JsonNode? frameUsage) =>
            SseFrame.FromJson(Chunk(request, script, choices, frameUsage, wantsUsage));

        SseFrame[] opening = [Frame([Choice(new() { ["role"] = "assistant", ["content"] = "" })], null)];
        var chunks = script.Chunks.Select(
            text => Frame([Choice(new() { ["content"] = text })], everyUsage?.DeepClone()));
        var finish = Frame([Choice([], script.FinishReason ?? "stop")], everyUsage?.DeepClone());
        SseFrame[] last = usage is null ? [] : [Frame([], usage.DeepClone())];
        var done = new SseFrame(SseFrame.DefaultEvent, "[DONE]");

        return new ProviderConversation(opening, [.. chunks], [finish, .. last, done]);
    }

    protected override SseFrame ErrorEvent(string message) =>
        new(SseFrame.DefaultEvent, Error(message, "server_error", null));

    protected override string ErrorBody(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => Error("Incorrect API key.", "invalid_request_error", "invalid_api_key"),
        HttpStatusCode.TooManyRequests => Error("Rate limit reached.", "requests", "rate_limit_exceeded"),
        >= HttpStatusCode.InternalServerError => Error("The server had an error.", "server_error", null),
        _ => Error("Bad request.", "invalid_request_error", null),
    };

    private static JsonObject Chunk(
        ProviderRequest request, ProviderScript script, JsonArray choices, JsonNode? usage, bool wantsUsage)
    {
        var chunk = new JsonObject
        {
            ["id"] = script.ResponseId,
            ["object"] = "chat.completion.chunk",
            ["created"] = 1_700_000_000,
            ["model"] = script.Model ?? request.Model,
            ["choices"] = choices,
        };
        if (wantsUsage)
        {
            // Once asked for, usage is on every chunk, as null up to the last.
            chunk["usage"] = usage;
        }

        return chunk;
    }

    private static JsonObject Choice(JsonObject delta, string? finishReason = null) =>
        new() { ["index"] = 0, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finishReason };

    private static JsonObject Usage(ScriptedUsage usage) => new()
    {
        ["prompt_tokens"] = usage.Input,
        ["completion_tokens"] = usage.Output,
        ["total_tokens"] = usage.Input + usage.Output,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CacheRead },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.Reasoning },
    };

    private static string Error(string message, string type, string? code)
    {
        var error = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = code };
        return new JsonObject { ["error"] = error }.ToJsonString();
    }
}
