using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Streaming.Proxy;

public sealed class TracedSseProxyTests
{
    private const string Chunk =
        "data: {\"id\":\"a\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";

    private const string Last =
        "data: {\"id\":\"a\",\"model\":\"m\",\"choices\":[],"
        + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n"
        + "data: [DONE]\n\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TracedSseProxy_WholeResponse_HasSafeHeadersAndNoByteOfOurs()
    {
        await using var proxy = await ProxyApp.StartAsync(static (context, _) =>
        {
            var headers = context.Response.Headers;
            headers["x-request-id"] = "req_1";
            headers["openai-processing-ms"] = "12";
            headers["x-ratelimit-remaining-tokens"] = "7";
            headers["Set-Cookie"] = "__cf_bm=secret";
            headers["WWW-Authenticate"] = "Bearer";
            headers["Allow"] = "POST";
            headers["retry-after-ms"] = "125";
            headers["x-should-retry"] = "true";
            headers["apim-request-id"] = "apim_1";
            headers["anthropic-ratelimit-tokens-remaining"] = "9";
            headers["anthropic-organization-id"] = "secret";
            headers["openai-organization"] = "secret";
            headers["openai-project"] = "secret";
            headers["Server"] = "cloudflare";
            headers["x-internal"] = "secret";

            // Of the connection, as it says, and not of the answer.
            headers["openai-version"] = "1";
            headers.Connection = "openai-version";
            return WriteAsync(context, Chunk + Last);
        });

        var response = await RawResponse.GetAsync(proxy.App.BaseUrl, "/");

        Assert.Equal(
            "HTTP/1.1 200 OK\r\n"
            + "Connection: close\r\n"
            + "Content-Type: text/event-stream\r\n"
            + "Date: …\r\n"
            + "Server: Kestrel\r\n"
            + "Allow: POST\r\n"
            + "anthropic-ratelimit-tokens-remaining: 9\r\n"
            + "apim-request-id: apim_1\r\n"
            + "Cache-Control: no-cache, no-store\r\n"
            + "Content-Encoding: identity\r\n"
            + "openai-processing-ms: 12\r\n"
            + "retry-after-ms: 125\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "WWW-Authenticate: Bearer\r\n"
            + "X-Accel-Buffering: no\r\n"
            + "x-ratelimit-remaining-tokens: 7\r\n"
            + "X-Request-ID: req_1\r\n"
            + "x-should-retry: true\r\n",
            string.Join("\r\n", SortedTail(response[..(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)])));
        Assert.EndsWith("\r\n\r\n" + Chunk + Last, response, StringComparison.Ordinal);
        var span = Assert.Single((await proxy.App.Sink.NextAsync()).Spans);
        Assert.Equal((3L, 2L), (span.Usage.InputTokens, span.Usage.OutputTokens));
        Assert.Equal((long)(Chunk + Last).Length, span[LlmTracingAttributes.StreamBytes]);
        Assert.Equal("127.0.0.1", span[GenAiAttributes.ServerAddress]);
        Assert.Equal((long)proxy.ProviderPort, span[GenAiAttributes.ServerPort]);
    }

    [Theory]
    [InlineData(401, "application/json", "{\"error\":{\"message\":\"No.\",\"type\":\"invalid_request_error\"}}")]
    [InlineData(429, "application/json", "{\"error\":{\"message\":\"Later.\"}}")]
    [InlineData(500, "text/html", "<html><body>Oops</body></html>")]
    [InlineData(503, null, "")]
    public async Task TracedSseProxy_ProviderRefuses_PassesItOnAndFailsTheSpan(int status, string? type, string body)
    {
        await using var proxy = await ProxyApp.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "17";
            return WriteAsync(context, body, type);
        });

        using var response = await proxy.App.SendAsync("GET", "/");
        var transaction = await proxy.App.Sink.NextAsync();

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.Equal("17", response.Headers.GetValues("Retry-After").Single());
        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.UpstreamFailed, ActivityStatusCode.Error), (span.Outcome, span.Status));
        Assert.Equal(status.ToString(CultureInfo.InvariantCulture), span[GenAiAttributes.ErrorType]);
        Assert.Equal(status, Convert.ToInt32(span[LlmTracingAttributes.UpstreamStatusCode]));
        Assert.Equal(status, transaction.Root[HttpAttributes.ResponseStatusCode]);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task TracedSseProxy_ProviderDiesInMidStream_ClientSeesThatItIsCut(HttpProtocols protocols)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = await ProxyApp.StartAsync(
            async (context, _) =>
            {
                await WriteAsync(context, Chunk);
                await seen.Task.BoundAsync("chunk at the client");
                context.Abort();
            },
            protocols: protocols);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/")
        {
            Version = protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await proxy.App.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        var bytes = new byte[Chunk.Length];
        await body.ReadExactlyAsync(bytes, Cancellation).AsTask().BoundAsync("chunk");
        seen.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(() => body.ReadAsync(bytes, Cancellation).AsTask().BoundAsync("end"));
        Assert.Equal(Chunk, Encoding.UTF8.GetString(bytes));
        var transaction = await proxy.App.Sink.NextAsync();
        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.UpstreamFailed, StreamOutcome.UpstreamFailed), (span.Outcome, transaction.Outcome));
        Assert.Equal("m", span[GenAiAttributes.ResponseModel]);
    }

    [Fact]
    public async Task TracedSseProxy_ClientLeaves_ClosesTheProvidersConnection()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = await ProxyApp.StartAsync(async (context, _) =>
        {
            await using var told = context.RequestAborted.Register(left.SetResult);
            await WriteAsync(context, Chunk);
            await left.Task.BoundAsync("leaving");
        });
        using var client = await proxy.App.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);

        client.Abort();
        var transaction = await proxy.App.Sink.NextAsync();
        await left.Task.BoundAsync("closing of the provider's connection");

        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.ClientDisconnected, ActivityStatusCode.Unset), (span.Outcome, span.Status));
        Assert.DoesNotContain(proxy.App.Logs.All, static entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task TracedSseProxy_ClientLeavesAndItDrains_ReadsOnForTheUsage()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = await ProxyApp.StartAsync(
            async (context, _) =>
            {
                await WriteAsync(context, Chunk);
                await gone.Task.BoundAsync("leaving");
                await WriteAsync(context, Last);
            },
            options: new TracedSseOptions { OnDisconnect = DisconnectBehavior.DrainUpstream });
        using var client = await proxy.App.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);

        client.Abort();
        await proxy.App.Logs.WaitForAsync("StreamEndedEarly");
        gone.SetResult();
        var transaction = await proxy.App.Sink.NextAsync();

        var span = Assert.Single(transaction.Spans);
        Assert.Equal(StreamOutcome.ClientDisconnected, span.Outcome);
        Assert.Equal(true, span[LlmTracingAttributes.StreamDrained]);
        Assert.Equal((3L, 2L), (span.Usage.InputTokens, span.Usage.OutputTokens));
    }

    [Fact]
    public async Task TracedSseProxy_ProviderFallsSilent_CutsTheAnswerAsTimedOut()
    {
        var clock = new TestClock();
        await using var proxy = await ProxyApp.StartAsync(
            static async (context, stopping) =>
            {
                await WriteAsync(context, Chunk);
                await SilentAsync(context, stopping);
            },
            clock: clock);
        using var client = await proxy.App.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        await client.ReadFrameAsync(Cancellation);

        var transaction = await clock.AdvanceUntilAsync(proxy.App.Sink.NextAsync(), TimeSpan.FromMinutes(1));

        Assert.Equal(StreamOutcome.UpstreamTimedOut, Assert.Single(transaction.Spans).Outcome);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadFrameAsync(Cancellation));
    }

    [Fact]
    public async Task TracedSseProxy_ProviderSendsCommentsAlone_TimesOutAsASilentOneDoes()
    {
        var clock = new TestClock();
        await using var proxy = await ProxyApp.StartAsync(
            static async (context, stopping) =>
            {
                while (!stopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
                {
                    await WriteAsync(context, ": OPENROUTER PROCESSING\n\n");
                    await Task.Yield();
                }
            },
            options: new TracedSseOptions { FirstChunkTimeout = TimeSpan.FromMinutes(1), StallTimeout = TimeSpan.FromMinutes(1) },
            clock: clock);
        using var client = await proxy.App.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        var read = ReadToEndAsync(client);

        var transaction = await clock.AdvanceUntilAsync(proxy.App.Sink.NextAsync(), TimeSpan.FromSeconds(10));

        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.UpstreamTimedOut, 0L), (span.Outcome, span[LlmTracingAttributes.StreamChunks]));
        Assert.Null(span[GenAiAttributes.ResponseTimeToFirstChunk]);
        await read;
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/octet-stream")]
    public async Task TracedSseProxy_BinaryGarbage_PassesUnchanged(string type)
    {
        var garbage = new byte[300_000];
        new Random(7).NextBytes(garbage);
        await using var proxy = await ProxyApp.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = type;
            await context.Response.Body.WriteAsync(garbage, context.RequestAborted);
        });

        using var response = await proxy.App.SendAsync("GET", "/");

        Assert.Equal(garbage, await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(StreamOutcome.Completed, Assert.Single((await proxy.App.Sink.NextAsync()).Spans).Outcome);
    }

    [Fact]
    public async Task TracedSseProxy_HugeEvent_PassesUnreadWithOneWarning()
    {
        var huge = $"{Chunk}data: \"{new string('x', 3_000_000)}\"\n\ndata: {new string('y', 3_000_000)}\n\n{Last}";
        await using var proxy = await ProxyApp.StartAsync((context, _) => WriteAsync(context, huge));

        using var response = await proxy.App.SendAsync("GET", "/");

        Assert.Equal(huge, await response.Content.ReadAsStringAsync(Cancellation));
        var span = Assert.Single((await proxy.App.Sink.NextAsync()).Spans);
        Assert.Equal((3L, 2L), (span.Usage.InputTokens, span[LlmTracingAttributes.StreamChunks]));
        var warning = Assert.Single(proxy.App.Logs.All, static entry => entry.Level >= LogLevel.Warning);
        Assert.Equal("ChunkTooLarge", warning.Event.Name);
    }

    [Fact]
    public async Task TracedSseProxy_EncodedStream_PassesUnreadWithOneWarning()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Chunk + Last), Cancellation);
        }

        await using var proxy = await ProxyApp.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(packed.ToArray(), context.RequestAborted);
        });

        using var response = await proxy.App.SendAsync("GET", "/");

        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Equal(packed.ToArray(), await response.Content.ReadAsByteArrayAsync(Cancellation));
        var span = Assert.Single((await proxy.App.Sink.NextAsync()).Spans);
        Assert.Equal((StreamOutcome.Completed, (long?)null), (span.Outcome, span.Usage.InputTokens));
        var warning = Assert.Single(proxy.App.Logs.All, static entry => entry.Level >= LogLevel.Warning);
        Assert.Equal("UpstreamEncoded", warning.Event.Name);
    }

    private static Task<IOException> ReadToEndAsync(RawHttpClient client) => Assert.ThrowsAnyAsync<IOException>(async () =>
    {
        while (true)
        {
            await client.ReadFrameAsync(Cancellation);
        }
    });

    private static async Task WriteAsync(HttpContext context, string text, string? type = "text/event-stream")
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = type;
        }

        await context.Response.WriteAsync(text, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async Task SilentAsync(HttpContext context, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Kestrel writes the headers that it knows first, and the others in no order of ours.
    private static IEnumerable<string> SortedTail(string head)
    {
        var lines = head.Split("\r\n");
        return [.. lines.Take(5), .. lines.Skip(5).SkipLast(1).Order(StringComparer.OrdinalIgnoreCase), ""];
    }
}
