using System.IO.Compression;
using System.Text;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers behind middleware, such as apps have of their own, that puts a stream before the body.</summary>
public sealed class WrappedBodyTests
{
    private const string First = ":\n\ndata: {\"theText\":\"a\",\"index\":0}\n\n";

    [Fact]
    public async Task Body_CompressedByTheAppsOwnMiddleware_IsGzipAndArrivesWhileTheSourceWaits()
    {
        var gate = new ScriptGate(afterChunks: 1);
        await using var app = await StartAsync(CompressAsync, gate);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");

        using var response = await app.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = new GZipStream(
            await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        var waiting = await ReadAsync(body, First.Length);
        gate.Release();
        using var rest = new StreamReader(body);
        var last = await Deadline.BoundAsync(
            "end of the body", null, rest.ReadToEndAsync, TestContext.Current.CancellationToken);

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal(First, waiting);
        Assert.StartsWith("data: {\"theText\":\"b\",\"index\":1}\n\nevent: done\n", last, StringComparison.Ordinal);
        Assert.Equal(StreamOutcome.Completed, (await app.Sink.NextAsync()).Outcome);
    }

    [Fact]
    public async Task Body_BufferedWhole_ArrivesWhole()
    {
        await using var app = await StartAsync(BufferAsync);

        await AnswerApp.AssertAnswersAsync(app, "/");
    }

    [Fact]
    public async Task Body_Counted_ArrivesWhileTheSourceWaits()
    {
        var gate = new ScriptGate(afterChunks: 1);
        CountingBody? counted = null;
        await using var app = await StartAsync(
            (context, next) =>
            {
                context.Response.Body = counted = new CountingBody(context.Response.Body);
                return next(context);
            },
            gate);
        using var client = await app.ConnectAsync();

        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(TestContext.Current.CancellationToken);
        await client.ReadFrameAsync(TestContext.Current.CancellationToken);
        var waiting = await client.ReadFrameAsync(TestContext.Current.CancellationToken);
        var count = counted?.Count;
        gate.Release();
        var rest = await client.ReadBodyAsync(TestContext.Current.CancellationToken);

        Assert.Equal("""data: {"theText":"a","index":0}""", waiting);
        Assert.Equal(First.Length, count);
        Assert.StartsWith("data: {\"theText\":\"b\",\"index\":1}\n\nevent: done\n", rest, StringComparison.Ordinal);
        Assert.Equal(First.Length + rest.Length, counted?.Count);
    }

    private static Task<TestApp> StartAsync(
        Func<HttpContext, RequestDelegate, Task> middleware, params ScriptGate[] gates) =>
        AnswerApp.StartAsync(new ScriptedSource("a", "b") { Gates = gates }, app =>
        {
            app.Use(middleware);
            app.MapGet("/", static (HttpContext context) => Pieces.Answer(context));
        });

    private static async Task CompressAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        context.Response.Headers.ContentEncoding = "gzip";
        await using var compressed = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true);
        context.Response.Body = compressed;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }
    }

    private static async Task BufferAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var buffered = new MemoryStream();
        context.Response.Body = buffered;
        await next(context);
        context.Response.Body = body;
        context.Response.ContentLength = buffered.Length;
        buffered.Position = 0;
        await buffered.CopyToAsync(body, context.RequestAborted);
    }

    private static Task<string> ReadAsync(Stream body, int length) =>
        Deadline.BoundAsync("events", null, async token =>
        {
            var bytes = new byte[length];
            await body.ReadExactlyAsync(bytes, token);
            return Encoding.UTF8.GetString(bytes);
        });
}
