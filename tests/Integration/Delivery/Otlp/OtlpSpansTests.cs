using System.Diagnostics;
using System.Net;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Delivery.Otlp;

/// <summary>What OpenTelemetry's exporter sends of a streamed answer is what our own backends are given.</summary>
[Collection(RunsAlone.Name)]
public sealed class OtlpSpansTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_WithAndWithoutOurExporter_CollectorGetsWhatTheRecorderSees(bool isBesideOurs)
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await ScriptedOpenAi.StartAsync();
        await using var app = await OtlpApp.StartAsync(
            collector, provider, isBesideOurs ? sentry => sentry.Dsn = ingest.Dsn : null);

        await app.GetAsync("/chat");
        var recorded = await app.Sink.NextAsync();
        await app.StopAndFlushAsync();

        AssertSame(recorded, collector);
        Assert.Equal(
            ["GET /chat", "chat m", "POST"],
            recorded.Spans.Prepend(recorded.Root).Select(static span => span.Name));
        var chat = Assert.Single(collector.Of(recorded.TraceId.ToHexString()), static span => span.Name == "chat m");
        Assert.Equal(new object?[] { "stop" }, chat.Attributes["gen_ai.response.finish_reasons"]);
        Assert.Equal(11L, chat.Attributes["gen_ai.usage.input_tokens"]);
        if (isBesideOurs)
        {
            var transaction = await ingest.NextAsync();
            Assert.Equal(
                recorded.Spans.Prepend(recorded.Root).Select(span => $"{recorded.TraceId}-{span.SpanId}"),
                transaction.Spans.Select(static span => $"{span.TraceId}-{span.SpanId}")
                    .Prepend($"{transaction.TraceId}-{transaction.SpanId}"));
        }

        ingest.AssertNoMore();
    }

    [Fact]
    public async Task Stream_ProviderRefuses_CollectorGetsStatusAndException()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new ProviderScript { Status = HttpStatusCode.TooManyRequests };
        await using var app = await OtlpApp.StartAsync(collector, provider);

        await app.GetAsync("/chat");
        var recorded = await app.Sink.NextAsync();
        await app.StopAndFlushAsync();

        AssertSame(recorded, collector);
        var chat = Assert.Single(collector.Of(recorded.TraceId.ToHexString()), static span => span.Name == "chat m");
        Assert.Equal(ActivityStatusCode.Error, chat.Status);
        Assert.Equal(["exception"], chat.Events);
        Assert.Equal("System.ClientModel.ClientResultException", chat.Attributes["error.type"]);
    }

    [Fact]
    public async Task Tool_ThatWasAskedFor_CollectorGetsTheLink()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var app = await OtlpApp.StartAsync(collector);

        await app.GetAsync("/tool");
        var recorded = await app.Sink.NextAsync();
        await app.StopAndFlushAsync();

        AssertSame(recorded, collector);
        var spans = collector.Of(recorded.TraceId.ToHexString()).ToDictionary(static span => span.Name);
        Assert.Equal([spans["chat m"].SpanId], spans["execute_tool search"].Links);
        Assert.Empty(spans["chat m"].Links);
    }

    [Fact]
    public async Task Export_OfASpan_IsNotTracedItself()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var app = await OtlpApp.StartAsync(collector);

        await app.GetAsync("/");
        var recorded = await app.Sink.NextAsync();
        await app.StopAndFlushAsync();

        AssertSame(recorded, collector);
        Assert.NotEmpty(collector.Requests);
        Assert.All(collector.Requests, static request =>
            Assert.Equal((null, null), (request.TraceParent, request.SentryTrace)));
        Assert.DoesNotContain(collector.Spans, static span => span.Kind == ActivityKind.Client);
    }

    [Fact]
    public async Task Host_IsDisposed_SendsWhatIsLeft()
    {
        await using var collector = await OtlpCollector.StartAsync();
        string traceId;
        await using (var app = await OtlpApp.StartAsync(collector))
        {
            traceId = await app.GetAsync("/");

            // The response can be read before the request's span has ended.
            await app.StopAsync();
        }

        Assert.Equal("GET /", Assert.Single(collector.Of(traceId)).Name);
    }

    // The provider stands in the same process, so its own request, of the same trace, is the process's too.
    private static void AssertSame(RecordedTransaction recorded, OtlpCollector collector)
    {
        var traceId = recorded.TraceId.ToHexString();
        var calls = recorded.Spans.Select(static span => span.SpanId.ToHexString()).ToHashSet();
        var sent = collector.Of(traceId)
            .Where(span => span.Kind != ActivityKind.Server || !calls.Contains(span.ParentSpanId));

        Assert.Equal(
            recorded.Spans.Prepend(recorded.Root).Select(span => SentSpan.Of(span, traceId)).Order(StringComparer.Ordinal),
            sent.Select(SentSpan.Of).Order(StringComparer.Ordinal));
    }
}
