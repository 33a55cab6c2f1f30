using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers behind the framework's response compression, told to compress them.</summary>
public sealed class CompressionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("br, gzip;q=0.9, *;q=0.1")]
    public async Task ResponseCompression_IsToldToCompressEvents_EachArrivesAsItIsWhileTheSourceWaits(string accepted)
    {
        var gate = new ScriptGate(afterChunks: 1);
        await using var app = await AnswerApp.StartAsync(
            new ScriptedSource("a", "b") { Gates = [gate] }, Map, AddCompression);
        using var client = await app.ConnectAsync();

        await client.SendAsync("GET", "/typed", headers: ("Accept-Encoding", accepted));
        var head = await client.ReadHeadAsync(Cancellation);
        List<string?> waiting = [await client.ReadFrameAsync(Cancellation), await client.ReadFrameAsync(Cancellation)];
        gate.Release();
        var next = await client.ReadFrameAsync(Cancellation);

        Assert.Equal("identity", head.Headers["Content-Encoding"]);
        Assert.Equal([":", """data: {"theText":"a","index":0}"""], waiting);
        Assert.Equal("""data: {"theText":"b","index":1}""", next);
    }

    [Fact]
    public async Task ResponseCompression_OtherAnswersOfTheApp_AreCompressed()
    {
        await using var app = await AnswerApp.StartAsync(new ScriptedSource(), Map, AddCompression);

        using var response = await app.SendAsync("GET", "/text", ("Accept-Encoding", "gzip"));

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
    }

    private static void Map(WebApplication app)
    {
        app.UseResponseCompression();
        app.MapGet("/typed", static (HttpContext context) => Pieces.Answer(context));
        app.MapGet("/text", static () => new string('x', 1000));
    }

    private static void AddCompression(IServiceCollection services) =>
        services.AddResponseCompression(static options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "text/event-stream"];
        });
}
