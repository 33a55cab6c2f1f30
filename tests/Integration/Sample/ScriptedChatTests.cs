using System.Net;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Sample;

/// <summary>The sample through both SDKs, against providers that speak their protocols over real HTTP.</summary>
public sealed class ScriptedChatTests
{
    private const string Target = "/chat?message=hello";

    public static TheoryData<string> Providers => ["openai", "anthropic"];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Chat_Completes_LeavesOneTransactionWithTokens(string providerName)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await ScriptedProvider.StartAsync(providerName);
        provider.Script = new()
        {
            Model = "answering-model",
            ResponseId = "answer-1",
            Chunks = ["Hel", "lo", "\n!"],
            Usage = new ScriptedUsage(Input: 11, Output: 4),
        };
        await using var app = SampleApp.Start(ingest, providerName, provider.BaseUrl);
        using var client = app.CreateClient();

        using var response = await client.GetAsync(new Uri(Target, UriKind.Relative), TestContext.Current.CancellationToken);
        var frames = SampleApp.AfterTrace(await SseFrames.ReadAllAsync(response));
        var transaction = await ingest.NextAsync();
        await app.DisposeAsync();

        Assert.Equal(["Hel", "lo", "\n!"], frames.SkipLast(1).Select(frame => frame.Data));
        Assert.Equal(
            $$$"""{"outcome":"completed","traceId":"{{{transaction.TraceId}}}","usage":{"inputTokens":11,"outputTokens":4}}""",
            frames[^1].Data);
        Assert.Equal(("GET /chat", "ok"), (transaction.Name, transaction.Status));
        var chat = transaction.Single("gen_ai.chat");
        Assert.Equal("chat asked-model", chat.Description);
        Assert.Equal(transaction.SpanId, chat.ParentSpanId);
        Assert.Equal(providerName, chat.Data.Text("gen_ai.provider.name"));
        Assert.Equal("asked-model", chat.Data.Text("gen_ai.request.model"));
        Assert.Equal("answering-model", chat.Data.Text("gen_ai.response.model"));
        Assert.Equal("answer-1", chat.Data.Text("gen_ai.response.id"));
        Assert.Equal("[\"stop\"]", chat.Data.Text("gen_ai.response.finish_reasons"));
        Assert.Equal(11, chat.Data.Count("gen_ai.usage.input_tokens"));
        Assert.Equal(4, chat.Data.Count("gen_ai.usage.output_tokens"));
        Assert.Equal(15, chat.Data.Count("gen_ai.usage.total_tokens"));
        Assert.Equal("provider", chat.Data.Text("llm_tracing.usage.source"));
        Assert.Equal("127.0.0.1", chat.Data.Text("server.address"));
        Assert.Equal(provider.Port, chat.Data.Count("server.port"));
        ingest.AssertNoMore();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Chat_SdkSendsInsideItsIterator_HttpSpanIsAChildOfTheLlmSpan(string providerName)
    {
        await using var provider = await ScriptedProvider.StartAsync(providerName);
        provider.Script = new() { Usage = new ScriptedUsage(Input: 11, Output: 4) };
        await using var app = SampleApp.For(providerName, provider.BaseUrl);
        using var client = app.WithTransactionRecorder(out var recorder).CreateClient();

        using var response = await client.GetAsync(new Uri(Target, UriKind.Relative), TestContext.Current.CancellationToken);
        await SseFrames.ReadAllAsync(response);
        var transaction = await recorder.NextAsync();

        Assert.Equal(
            """
            GET /chat [http.server] completed, 11 in, 4 out
              chat asked-model [chat] completed, 11 in, 4 out
                POST [http.client]
            """,
            transaction.Tree);
        Assert.Equal(
            $"http://127.0.0.1:{provider.Port}{provider.Requests[0].Path}",
            transaction.Single("http.client")[HttpAttributes.UrlFull]);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Chat_WhileTheProviderHoldsBack_FramesHaveArrived(string providerName)
    {
        await using var provider = await ScriptedProvider.StartAsync(providerName);
        var gate = new ScriptGate(afterChunks: 2);
        provider.Script = new() { Chunks = ["a", "b", "c"], Gate = gate };
        await using var sample = SampleApp.For(providerName, provider.BaseUrl);
        var app = sample.WithTransactionRecorder(out var recorder);
        app.UseKestrel();
        app.StartServer();
        using var client = await RawHttpClient.ConnectAsync(app.ClientOptions.BaseAddress);

        await client.SendAsync("GET", Target);
        var head = await client.ReadHeadAsync(TestContext.Current.CancellationToken);
        var before = await ReadFramesAsync(client, 3);
        var seenAt = TimeProvider.System.GetUtcNow();
        gate.Release();
        var after = await ReadFramesAsync(client, 2);
        var transaction = await recorder.NextAsync();

        Assert.Equal(200, head.Status);
        Assert.Equal([":", "data: a", "data: b"], before);
        Assert.Equal("data: c", after[0]);
        Assert.StartsWith("event: done\n", after[1], StringComparison.Ordinal);
        var chat = transaction.Single("chat");
        Assert.InRange(seenAt, chat.Start, chat.End);
    }

    [Theory]
    [InlineData("openai", true)]
    [InlineData("openai", false)]
    [InlineData("anthropic", true)]
    [InlineData("anthropic", false)]
    public async Task Chat_ClientLeavesAfterTheThirdFrame_ProviderIsCancelledAndSpansAreToo(
        string providerName, bool byReset)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await ScriptedProvider.StartAsync(providerName);
        var gate = new ScriptGate(afterChunks: 3);
        provider.Script = new() { Chunks = ["a", "b", "c", "d"], Gate = gate };
        await using var app = SampleApp.Start(ingest, providerName, provider.BaseUrl);
        using var client = await RawHttpClient.ConnectAsync(app.Address);

        await client.SendAsync("GET", Target);
        await client.ReadHeadAsync(TestContext.Current.CancellationToken);
        await ReadFramesAsync(client, 4);
        if (byReset)
        {
            client.Abort();
        }
        else
        {
            client.Dispose();
        }

        // The client's leaving reaches the provider within the second that users are promised.
        await provider.ClientGone.BoundAsync("cancelled connection at the provider", TimeSpan.FromSeconds(1));
        var transaction = await ingest.NextAsync();
        await app.DisposeAsync();

        var chat = transaction.Single("gen_ai.chat");
        Assert.Equal(("cancelled", "cancelled"), (transaction.Status, chat.Status));
        Assert.Equal("client_disconnected", transaction.Data.Text("llm_tracing.stream.outcome"));
        Assert.Equal("client_disconnected", chat.Data.Text("llm_tracing.stream.outcome"));
        Assert.False(chat.Data.Has("error.type"));
        Assert.False(transaction.Data.Has("error.type"));
        Assert.InRange(chat.Data.Count("llm_tracing.stream.chunks")!.Value, 3, 6);
        Assert.Equal("[\"error\"]", chat.Data.Text("gen_ai.response.finish_reasons"));
        Assert.Empty(app.Logs.Errors);
        ingest.AssertNoMore();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Chat_ProviderFailsAfterTheThirdFrame_ClientIsToldAndSpansAreErrors(string providerName)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await ScriptedProvider.StartAsync(providerName);
        provider.Script = new() { Chunks = ["a", "b", "c", "d"], Fault = ProviderFault.Cut(3) };
        await using var app = SampleApp.Start(ingest, providerName, provider.BaseUrl);
        using var client = app.CreateClient();

        using var response = await client.GetAsync(new Uri(Target, UriKind.Relative), TestContext.Current.CancellationToken);
        var frames = SampleApp.AfterTrace(await SseFrames.ReadAllAsync(response));
        var transaction = await ingest.NextAsync();
        await app.DisposeAsync();

        Assert.Equal(["a", "b", "c"], frames.SkipLast(1).Select(frame => frame.Data));
        Assert.Equal("error", frames[^1].Event);
        Assert.Equal(
            $$$"""{"type":"upstream_failed","message":"The response could not be completed.","traceId":"{{{transaction.TraceId}}}"}""",
            frames[^1].Data);
        var chat = transaction.Single("gen_ai.chat");
        Assert.Equal(("internal_error", "internal_error"), (transaction.Status, chat.Status));
        Assert.Equal("System.Net.Http.HttpIOException", chat.Data.Text("error.type"));
        Assert.Equal("System.Net.Http.HttpIOException", transaction.Data.Text("error.type"));
        Assert.Equal("upstream_failed", chat.Data.Text("llm_tracing.stream.outcome"));
        Assert.InRange(chat.Data.Count("llm_tracing.stream.chunks")!.Value, 3, 6);
        var error = Assert.Single(app.Logs.Errors);
        Assert.Equal((LogLevel.Error, "StreamFailed"), (error.Level, error.Event.Name));
        ingest.AssertNoMore();
    }

    [Theory]
    [InlineData("openai", HttpStatusCode.Unauthorized, "unauthenticated")]
    [InlineData("openai", HttpStatusCode.Forbidden, "permission_denied")]
    [InlineData("openai", HttpStatusCode.TooManyRequests, "resource_exhausted")]
    [InlineData("openai", HttpStatusCode.InternalServerError, "unavailable")]
    [InlineData("anthropic", HttpStatusCode.Unauthorized, "unauthenticated")]
    [InlineData("anthropic", HttpStatusCode.TooManyRequests, "resource_exhausted")]
    [InlineData("anthropic", HttpStatusCode.InternalServerError, "unavailable")]
    public async Task Chat_ProviderRefuses_StatusesSayWhy(string providerName, HttpStatusCode refusal, string status)
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await ScriptedProvider.StartAsync(providerName);
        provider.Script = new() { Status = refusal };
        await using var app = SampleApp.Start(ingest, providerName, provider.BaseUrl);
        using var client = app.CreateClient();

        using var response = await client.GetAsync(new Uri(Target, UriKind.Relative), TestContext.Current.CancellationToken);
        var frames = SampleApp.AfterTrace(await SseFrames.ReadAllAsync(response));
        var transaction = await ingest.NextAsync();

        Assert.Equal("error", Assert.Single(frames).Event);
        var chat = transaction.Single("gen_ai.chat");
        Assert.Equal((status, status), (transaction.Status, chat.Status));
        Assert.Equal((int)refusal, chat.Data.Count("llm_tracing.upstream.status_code"));
        Assert.Equal((int)refusal, transaction.Data.Count("llm_tracing.upstream.status_code"));
        Assert.All(transaction.OfOp("http.client"), http => Assert.Equal(chat.SpanId, http.ParentSpanId));
    }

    [Fact]
    public async Task Chat_TwoHundredAtOnce_EachIsATransactionOfItsOwn()
    {
        const int requests = 200;
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await ScriptedProvider.StartAsync("openai");
        await using var app = SampleApp.Start(ingest, "openai", provider.BaseUrl);
        using var client = app.CreateClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(async _ =>
        {
            using var response = await client.GetAsync(new Uri(Target, UriKind.Relative));
            return await SseFrames.ReadAllAsync(response, TimeSpan.FromSeconds(60));
        }));
        var transactions = await ingest.TakeAsync(requests, TimeSpan.FromSeconds(60));
        await app.DisposeAsync();

        // The ingest has checked that each span has its parent, and its trace, within its own transaction.
        Assert.Equal(requests, transactions.Select(transaction => transaction.TraceId).Distinct().Count());
        Assert.Equal(
            answers.Select(frames => JsonElement.Parse(frames[^1].Data).GetProperty("traceId").GetString()).Order(),
            transactions.Select(transaction => transaction.TraceId).Order());
        Assert.All(transactions, transaction =>
        {
            var chat = transaction.Single("gen_ai.chat");
            Assert.Equal(transaction.SpanId, chat.ParentSpanId);
            Assert.Equal(chat.SpanId, transaction.Single("http.client").ParentSpanId);
            Assert.Equal(2, transaction.Spans.Count);
        });
        ingest.AssertNoMore();
    }

    private static async Task<IReadOnlyList<string?>> ReadFramesAsync(RawHttpClient client, int count)
    {
        var frames = new List<string?>(count);
        while (frames.Count < count)
        {
            var frame = await client.ReadFrameAsync(TestContext.Current.CancellationToken);
            if (frame?.StartsWith("event: trace", StringComparison.Ordinal) != true)
            {
                frames.Add(frame);
            }
        }

        return frames;
    }
}
