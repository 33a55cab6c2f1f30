using System.Net;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

/// <summary>Requests that get no stream, and for which no provider is asked.</summary>
public sealed class SseRefusalTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    [InlineData("text/*")]
    [InlineData("text/event-stream")]
    [InlineData("TEXT/Event-Stream; charset=utf-8")]
    [InlineData("application/json, text/plain, */*")]
    [InlineData("application/json, text/event-stream;q=0.1")]
    [InlineData("")]
    [InlineData("no media type at all")]
    public async Task Accept_AllowsEvents_IsAnswered(string? accept)
    {
        var source = new ScriptedSource("a");
        await using var app = await StartAsync(source);

        using var response = await SendAsync(app, "GET", accept);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(1, source.Enumerations);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html, application/xhtml+xml")]
    [InlineData("text/event-stream;q=0")]
    [InlineData("text/event-stream;q=0, */*")]
    [InlineData("text/event-stream;q=0.0, text/*;q=1")]
    public async Task Accept_RefusesEvents_IsNotAcceptableAndAsksNoProvider(string accept)
    {
        var source = new ScriptedSource("a");
        await using var app = await StartAsync(source);

        using var response = await SendAsync(app, "GET", accept);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            "The answer is a stream of events: accept text/event-stream.",
            problem.RootElement.GetProperty("detail").GetString());
        Assert.Equal(transaction.TraceId.ToHexString(), problem.RootElement.GetProperty("traceId").GetString());
        Assert.Equal(0, source.Enumerations);
        Assert.Empty(transaction.Spans);
    }

    [Fact]
    public async Task Head_IsAnsweredAsGetWouldBeWithoutABodyAndAsksNoProvider()
    {
        var source = new ScriptedSource("a");
        await using var app = await StartAsync(source);

        using var head = await SendAsync(app, "HEAD", accept: null);
        var transaction = await app.Sink.NextAsync();
        var asked = source.Enumerations;
        using var get = await SendAsync(app, "GET", accept: null);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(0, asked);
        Assert.Empty(transaction.Spans);
        Assert.Equal(Headers(get), Headers(head));
        Assert.Equal("", await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static Task<TestApp> StartAsync(ScriptedSource source) =>
        TestApp.StartAsync(app => app.MapMethods("/", ["GET", "HEAD"], () => source.ToResult(SourceShape.Iterator)));

    private static Task<HttpResponseMessage> SendAsync(TestApp app, string method, string? accept) =>
        accept is null ? app.SendAsync(method, "/") : app.SendAsync(method, "/", ("Accept", accept));

    // What the server says of a body that is there, and of the time, is its own.
    private static List<string> Headers(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(static header => header.Key is not ("Date" or "Transfer-Encoding" or "Content-Length"))
            .Select(static header => $"{header.Key}: {header.Value}")
            .Order(StringComparer.Ordinal),
    ];
}
