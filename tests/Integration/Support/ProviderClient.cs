using System.Text;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Calls a scripted provider as an SDK would, with nothing but HttpClient.</summary>
internal static class ProviderClient
{
    public const string OpenAiPath = "/v1/chat/completions";
    public const string AnthropicPath = "/v1/messages";
    public const string Prompt = """{"model":"small","stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    public static async Task<HttpResponseMessage> PostAsync(ScriptedProvider provider, string path, string json)
    {
        using var client = new HttpClient();
        var uri = new Uri($"http://127.0.0.1:{provider.Port}{path}");
        using var request = new HttpRequestMessage(HttpMethod.Post, uri);
        request.Headers.Add("Authorization", "Bearer key");
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public static async Task<IReadOnlyList<SseFrame>> ReadAsync(ScriptedProvider provider, string path, string json)
    {
        using var response = await PostAsync(provider, path, json);
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await SseFrames.ReadAllAsync(response);
    }
}
