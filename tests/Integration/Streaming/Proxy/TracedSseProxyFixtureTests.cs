using LlmTracing.Tests.Fixtures;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Streaming.Proxy;

/// <summary>Every stream that is written down, served by a provider in pieces of any size.</summary>
public sealed class TracedSseProxyFixtureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(0)]
    public async Task TracedSseProxy_EveryStream_PassesItsBytesAndReadsThem(int size)
    {
        await using var proxy = await ProxyApp.StartAsync((context, _) => ServeAsync(context, size));

        foreach (var name in StreamFixture.Names.Select(static row => row.Data))
        {
            var fixture = StreamFixture.Named(name);

            using var response = await proxy.App.SendAsync("GET", "/" + name);
            var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            var transaction = await proxy.App.Sink.NextAsync();

            Assert.True(fixture.Bytes.AsSpan().SequenceEqual(bytes), name);
            Assert.Equal(TypeOf(fixture), response.Content.Headers.ContentType?.ToString());
            AssertRead(name, fixture.Expected, Assert.Single(transaction.Spans));
        }
    }

    private static async Task ServeAsync(HttpContext context, int size)
    {
        var fixture = StreamFixture.Named(context.Request.Path.Value![1..]);
        var (bytes, random) = (fixture.Bytes.AsMemory(), new Random(fixture.Bytes.Length));
        context.Response.ContentType = TypeOf(fixture);
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, size == 0 ? random.Next(1, 200) : size);
            await context.Response.Body.WriteAsync(bytes[..count], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            bytes = bytes[count..];
        }
    }

    private static string TypeOf(StreamFixture fixture) =>
        fixture.Dialect == LlmDialect.Ollama ? "application/x-ndjson" : "text/event-stream; charset=utf-8";

    private static void AssertRead(string name, ExpectedReading expected, RecordedSpan span)
    {
        var outcome = expected.Error is null ? StreamOutcome.Completed : StreamOutcome.UpstreamFailed;
        IEnumerable<string>? reasons = expected.FinishReasons is [] ? null : expected.FinishReasons;
        var (model, id) = (span[GenAiAttributes.ResponseModel], span[GenAiAttributes.ResponseId]);
        Assert.Equal(
            (name, outcome, expected.Model, expected.ResponseId, (long)expected.Chunks),
            (name, span.Outcome, model, id, span[LlmTracingAttributes.StreamChunks]));
        Assert.Equal((name, expected.Usage), (name, ExpectedUsage.Of(span.Usage)));
        Assert.Equal(
            reasons ?? (expected.Error is null ? null : ["error"]),
            span[GenAiAttributes.ResponseFinishReasons] as string[]);
        Assert.Equal(
            expected.ToolCalls.Select(static call => call.Name ?? ""),
            span[LlmTracingAttributes.ToolNames] as string[] ?? []);
        Assert.Equal(
            expected.ToolCalls.Select(static call => call.Id ?? ""),
            span[LlmTracingAttributes.ToolCallIds] as string[] ?? []);
        if (expected.Error is { } error)
        {
            var type = error.Type ?? typeof(LlmStreamException).FullName;
            Assert.Equal((name, type), (name, span[GenAiAttributes.ErrorType]));
        }
    }
}
