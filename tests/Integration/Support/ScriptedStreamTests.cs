using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

public sealed class ScriptedStreamTests
{
    [Fact]
    public async Task Fault_ErrorEvent_EndsTheStreamAfterTheChunks()
    {
        await using var first = await ScriptedOpenAi.StartAsync();
        await using var second = await ScriptedAnthropic.StartAsync();
        first.Script = second.Script = new() { Fault = ProviderFault.ErrorEvent(afterChunks: 2, "Broken.") };

        var openAi = await ProviderClient.ReadAsync(first, ProviderClient.OpenAiPath, ProviderClient.Prompt);
        var anthropic = await ProviderClient.ReadAsync(second, ProviderClient.AnthropicPath, ProviderClient.Prompt);

        Assert.Equal(4, openAi.Count);
        Assert.Equal("Broken.", Parse(openAi[^1].Data).GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(6, anthropic.Count);
        Assert.Equal("error", anthropic[^1].Event);
    }

    [Fact]
    public async Task Fault_Cut_EndsTheBodyTooEarlyAfterTheChunks()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Fault = ProviderFault.Cut(afterChunks: 2) };
        using var client = await RawHttpClient.ConnectAsync(new Uri(provider.BaseUrl));
        var cancellation = TestContext.Current.CancellationToken;

        await client.SendAsync("POST", ProviderClient.OpenAiPath, ProviderClient.Prompt);
        await client.ReadHeadAsync(cancellation);
        await client.ReadFrameAsync(cancellation);
        await client.ReadFrameAsync(cancellation);
        var last = await client.ReadFrameAsync(cancellation);

        Assert.EndsWith("\"delta\":{\"content\":\", \"},\"logprobs\":null,\"finish_reason\":null}]}", last);
        await Assert.ThrowsAsync<EndOfStreamException>(() => client.ReadFrameAsync(cancellation));
        Assert.False(provider.ClientGone.IsCompleted);
    }

    [Fact]
    public async Task Fault_ResetAfterAGate_BreaksTheConnection()
    {
        var gate = new ScriptGate(afterChunks: 0);
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Gate = gate, Fault = ProviderFault.Reset(afterChunks: 0) };
        using var client = await RawHttpClient.ConnectAsync(new Uri(provider.BaseUrl));
        var cancellation = TestContext.Current.CancellationToken;

        await client.SendAsync("POST", ProviderClient.OpenAiPath, ProviderClient.Prompt);
        await client.ReadHeadAsync(cancellation);
        await client.ReadFrameAsync(cancellation);
        gate.Release();

        await Assert.ThrowsAsync<IOException>(() => client.ReadFrameAsync(cancellation));
        Assert.False(provider.ClientGone.IsCompleted);
    }

    [Fact]
    public async Task Dispose_StreamAtAGate_DoesNotHang()
    {
        var gate = new ScriptGate(afterChunks: 1);
        var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Gate = gate };
        using var client = await RawHttpClient.ConnectAsync(new Uri(provider.BaseUrl));
        await client.SendAsync("POST", ProviderClient.OpenAiPath, ProviderClient.Prompt);
        await gate.Reached.BoundAsync("stream at the gate");

        await provider.DisposeAsync().AsTask().BoundAsync("end of the provider");

        Assert.False(provider.ClientGone.IsCompleted);
    }

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
