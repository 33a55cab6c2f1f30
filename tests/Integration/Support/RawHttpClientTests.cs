namespace LlmTracing.Tests.Integration.Support;

public sealed class RawHttpClientTests
{
    private const string Path = "/v1/messages";
    private const string Prompt = """{"model":"small","stream":true,"messages":[]}""";

    [Fact]
    public async Task ReadFrameAsync_GatedStream_GivesFramesAsTheyCome()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var gate = new ScriptGate(afterChunks: 1);
        await using var provider = await ScriptedAnthropic.StartAsync();
        provider.Script = new() { Chunks = ["grün", "b"], Gate = gate };
        using var client = await RawHttpClient.ConnectAsync(new Uri(provider.BaseUrl));

        await client.SendAsync("POST", Path, Prompt, ("X-Api-Key", "key"));
        var head = await client.ReadHeadAsync(cancellation);
        var first = await ReadAsync(client, 4);
        gate.Release();
        var rest = await ReadAsync(client, 4);

        Assert.Equal((200, "text/event-stream; charset=utf-8"), (head.Status, head.Headers["content-type"]));
        Assert.Equal("key", provider.Requests[0].Headers["x-api-key"]);
        Assert.Equal(
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                + "\"delta\":{\"type\":\"text_delta\",\"text\":\"grün\"}}",
            first[^1]);
        Assert.Equal("event: message_stop\ndata: {\"type\":\"message_stop\"}", rest[^1]);
        Assert.Null(await client.ReadFrameAsync(cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leave_MidStream_IsNoticedByTheServer(bool byReset)
    {
        var gate = new ScriptGate(afterChunks: 1);
        await using var provider = await ScriptedAnthropic.StartAsync();
        provider.Script = new() { Gate = gate };
        using var client = await RawHttpClient.ConnectAsync(new Uri(provider.BaseUrl));
        await client.SendAsync("POST", Path, Prompt);
        await gate.Reached.BoundAsync("stream at the gate");

        if (byReset)
        {
            client.Abort();
        }
        else
        {
            client.CloseSending();
        }

        await provider.ClientGone.BoundAsync("departure of the client");
        Assert.True(provider.Requests[0].ClientGone.IsCompleted);
    }

    [Fact]
    public async Task ReadBodyAsync_ErrorJson_GivesItWhole()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var provider = await ScriptedAnthropic.StartAsync();
        using var client = await RawHttpClient.ConnectAsync(new Uri(provider.BaseUrl));

        await client.SendAsync("POST", "/v1/other", "{}");
        var head = await client.ReadHeadAsync(cancellation);

        Assert.Equal(404, head.Status);
        Assert.Equal(
            """{"type":"error","error":{"type":"not_found_error","message":"Not found."}}""",
            await client.ReadBodyAsync(cancellation));
    }

    private static async Task<List<string?>> ReadAsync(RawHttpClient client, int count)
    {
        var frames = new List<string?>();
        while (frames.Count < count)
        {
            frames.Add(await client.ReadFrameAsync(TestContext.Current.CancellationToken));
        }

        return frames;
    }
}
