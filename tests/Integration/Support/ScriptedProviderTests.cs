using System.Net;
using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

public sealed class ScriptedProviderTests
{
    private const string PromptWithUsage =
        """{"model":"small","stream":true,"stream_options":{"include_usage":true},"messages":[]}""";

    [Fact]
    public async Task OpenAi_UsageNotAskedFor_StreamsTextOnly()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();

        var frames = await ProviderClient.ReadAsync(provider, ProviderClient.OpenAiPath, ProviderClient.Prompt);

        Assert.Equal("[DONE]", frames[^1].Data);
        var chunks = frames.SkipLast(1).Select(frame => Parse(frame.Data)).ToList();
        Assert.Equal(["", "Hello", ", ", "world", ""], chunks.Select(OpenAiText));
        Assert.All(chunks, chunk => Assert.False(chunk.Has("usage")));
        Assert.Equal("stop", chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("small", chunks[0].GetProperty("model").GetString());
    }

    [Fact]
    public async Task OpenAi_UsageAskedFor_EndsWithAChunkOfUsageAlone()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Usage = new(Input: 11, Output: 4, CacheRead: 8, Reasoning: 2) };

        var frames = await ProviderClient.ReadAsync(provider, ProviderClient.OpenAiPath, PromptWithUsage);

        var last = Parse(frames[^2].Data);
        Assert.Equal("[]", last.GetProperty("choices").GetRawText());
        Assert.Equal(
            """{"prompt_tokens":11,"completion_tokens":4,"total_tokens":15,"""
                + "\"prompt_tokens_details\":{\"cached_tokens\":8},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":2}}",
            last.GetProperty("usage").GetRawText());
    }

    [Fact]
    public async Task OpenAi_UsageOnEveryChunk_RepeatsIt()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Chunks = ["a", "b"], UsageOnEveryChunk = true };

        var frames = await ProviderClient.ReadAsync(provider, ProviderClient.OpenAiPath, PromptWithUsage);

        var withUsage = frames.SkipLast(1).Where(frame => Parse(frame.Data).At("usage").Has("total_tokens"));
        Assert.Equal(4, withUsage.Count());
    }

    [Fact]
    public async Task Anthropic_Stream_FollowsTheEventOrder()
    {
        await using var provider = await ScriptedAnthropic.StartAsync();
        provider.Script = new() { Chunks = ["a", "b"], Usage = new(Input: 3, Output: 4, CacheRead: 8, CacheWrite: 5) };

        var frames = await ProviderClient.ReadAsync(provider, ProviderClient.AnthropicPath, ProviderClient.Prompt);

        Assert.Equal(
            ["message_start", "content_block_start", "ping", "content_block_delta", "content_block_delta",
                "content_block_stop", "message_delta", "message_stop"],
            frames.Select(frame => frame.Event));
        Assert.All(frames, frame => Assert.Equal(frame.Event, Parse(frame.Data).GetProperty("type").GetString()));
        Assert.Equal(
            """{"input_tokens":3,"cache_creation_input_tokens":5,"cache_read_input_tokens":8,"output_tokens":1}""",
            Parse(frames[0].Data).GetProperty("message").GetProperty("usage").GetRawText());
        Assert.Equal("""{"output_tokens":4}""", Parse(frames[^2].Data).GetProperty("usage").GetRawText());
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "invalid_request_error", "authentication_error")]
    [InlineData(HttpStatusCode.TooManyRequests, "requests", "rate_limit_error")]
    [InlineData(HttpStatusCode.InternalServerError, "server_error", "api_error")]
    public async Task Status_NotOk_AnswersTheDialectsError(HttpStatusCode status, string openAi, string anthropic)
    {
        await using var first = await ScriptedOpenAi.StartAsync();
        await using var second = await ScriptedAnthropic.StartAsync();
        first.Script = second.Script = new() { Status = status };

        Assert.Equal((status, openAi), await ReadErrorAsync(first, ProviderClient.OpenAiPath));
        Assert.Equal((status, anthropic), await ReadErrorAsync(second, ProviderClient.AnthropicPath));
    }

    [Fact]
    public async Task Enqueue_Scripts_AnswerInOrderThenTheDefault()
    {
        await using var provider = await ScriptedAnthropic.StartAsync();
        provider.Enqueue(new() { Status = HttpStatusCode.TooManyRequests });

        var (status, _) = await ReadErrorAsync(provider, ProviderClient.AnthropicPath);
        var frames = await ProviderClient.ReadAsync(provider, ProviderClient.AnthropicPath, ProviderClient.Prompt);

        Assert.Equal((HttpStatusCode.TooManyRequests, "message_stop"), (status, frames[^1].Event));

        Assert.Equal(2, provider.Requests.Count);
        var first = provider.Requests[0];
        Assert.Equal(("small", "Bearer key"), (first.Model, first.Headers["Authorization"]));
    }

    private static string? OpenAiText(JsonElement chunk) =>
        chunk.GetProperty("choices")[0].GetProperty("delta").At("content").AsText() ?? "";

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private static async Task<(HttpStatusCode Status, string? Type)> ReadErrorAsync(
        ScriptedProvider provider, string path)
    {
        using var response = await ProviderClient.PostAsync(provider, path, ProviderClient.Prompt);
        var body = Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (response.StatusCode, body.GetProperty("error").GetProperty("type").GetString());
    }
}
