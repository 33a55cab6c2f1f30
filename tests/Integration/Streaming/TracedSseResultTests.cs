using System.Net.ServerSentEvents;

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming;

public sealed class TracedSseResultTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string TraceParent = $"00-{TraceId}-b7ad6b7169203331-01";
    private const string Done =
        $"event: done\ndata: {{\"outcome\":\"completed\",\"traceId\":\"{TraceId}\"}}\n\n";

    [Fact]
    public async Task TracedSse_WholeResponse_IsExactlyTheseBytes()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet(
            "/", static () => new ScriptedSource("Grüße", "two\nlines").ToResult(SourceShape.Iterator)));

        var response = await RawResponse.GetAsync(app.BaseUrl, "/", TraceParent);

        Assert.Equal(
            "HTTP/1.1 200 OK\r\n"
            + "Connection: close\r\n"
            + "Content-Type: text/event-stream\r\n"
            + "Date: …\r\n"
            + "Server: Kestrel\r\n"
            + "Cache-Control: no-cache, no-store\r\n"
            + "Content-Encoding: identity\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "X-Accel-Buffering: no\r\n"
            + "\r\n"
            + $":\n\ndata: Grüße\n\ndata: two\ndata: lines\n\n{Done}",
            response);
    }

    [Theory]
    [InlineData(SourceShape.Iterator)]
    [InlineData(SourceShape.IteratorWithoutToken)]
    [InlineData(SourceShape.Enumerator)]
    [InlineData(SourceShape.IgnoringEnumerator)]
    [InlineData(SourceShape.SseItems)]
    public async Task TracedSse_AnyShapeOfSource_IsTheSameOnTheWireAndInTheTrace(SourceShape shape)
    {
        var source = new ScriptedSource("a", "", "c");
        await using var app = await TestApp.StartAsync(
            app => app.MapGet("/", () => source.ToResult(shape, new LlmCall("m") { Provider = "p" })));

        var body = await BodyAsync(app);
        var transaction = await app.Sink.NextAsync();

        Assert.Equal($":\n\ndata: a\n\ndata: \n\ndata: c\n\n{Done}", body);
        var span = Assert.Single(transaction.Spans);
        Assert.Equal(transaction.Root.SpanId, span.ParentSpanId);
        Assert.Equal("chat m", span.Name);
        Assert.Equal(
            [
                "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.request.stream",
                "gen_ai.response.model", "gen_ai.response.time_to_first_chunk", "llm_tracing.parent",
                "llm_tracing.stream.bytes", "llm_tracing.stream.chunks", "llm_tracing.stream.longest_gap",
                "llm_tracing.stream.outcome", "llm_tracing.stream.write_wait",
            ],
            span.Attributes.Select(attribute => attribute.Key).Order(StringComparer.Ordinal));
        Assert.Equal("ambient", span[LlmTracingAttributes.Parent]);
        Assert.Equal(3L, span[LlmTracingAttributes.StreamChunks]);
        Assert.Equal((StreamOutcome.Completed, StreamOutcome.Completed), (span.Outcome, transaction.Outcome));
        Assert.Equal((1, 1), (source.Enumerations, source.Disposals));
    }

    [Fact]
    public async Task TracedSse_ItemsWithFields_AreSentAsTheyAre()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static () => Results.TracedSse(
            new[]
            {
                new SseItem<string>("a", "delta") { EventId = "1", ReconnectionInterval = TimeSpan.FromSeconds(2) },
                new SseItem<string>("b\r\nc\rd", "message"),
            }.ToAsyncEnumerable())));

        Assert.Equal(
            $":\n\nid: 1\nevent: delta\nretry: 2000\ndata: a\n\ndata: b\ndata: c\ndata: d\n\n{Done}",
            await BodyAsync(app));
    }

    [Fact]
    public async Task TracedSse_Objects_AreJsonByTheAppsOptionsOnOneLine()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Services = static services => services.ConfigureHttpJsonOptions(static options =>
            {
                options.SerializerOptions.WriteIndented = true;
                options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper;
                options.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
            }),
            Inside = static app => app.MapGet("/", static () => Results.TracedSse(
                new[] { new Piece("ü & <b>", 1), new Piece("two\nlines", null) }.ToAsyncEnumerable())),
        });

        Assert.Equal(
            ":\n\n"
            + "data: {\"THE_TEXT\":\"ü & <b>\",\"INDEX\":1}\n\n"
            + "data: {\"THE_TEXT\":\"two\\nlines\",\"INDEX\":null}\n\n"
            + Done,
            await BodyAsync(app));
    }

    [Fact]
    public async Task TracedSse_ConverterWritesRawJson_LineBreaksForgeNoField()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static () => Results.TracedSse(
            new[] { new Raw("{\r\n\"a\": 1,\nevent: x}") }.ToAsyncEnumerable())));

        Assert.Equal(
            $":\n\ndata: {{\ndata: \ndata: \"a\": 1,\ndata: event: x}}\n\n{Done}", await BodyAsync(app));
    }

    [Fact]
    public async Task TracedSse_NullFromToWire_IsReadForUsageButNotSent()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static () => Results.TracedSse<ChatResponseUpdate, string>(
            AnswerAsync(),
            static update => update.Text is { Length: > 0 } text ? new SseItem<string>(text, "delta") : null,
            new LlmCall("asked"))));

        var body = await BodyAsync(app);
        var span = Assert.Single((await app.Sink.NextAsync()).Spans);

        Assert.Equal(
            ":\n\nevent: delta\ndata: Hi\n\nevent: done\n"
            + "data: {\"outcome\":\"completed\",\"traceId\":\"" + TraceId
            + "\",\"usage\":{\"inputTokens\":3,\"outputTokens\":4}}\n\n",
            body);
        Assert.Equal(2L, span[LlmTracingAttributes.StreamChunks]);
        Assert.Equal(3L, span[GenAiAttributes.UsageInputTokens]);
        Assert.Equal(4L, span[GenAiAttributes.UsageOutputTokens]);
        Assert.Equal(7L, span[GenAiAttributes.UsageTotalTokens]);
        Assert.Equal("answered", span[GenAiAttributes.ResponseModel]);
        Assert.Equal(["stop"], Assert.IsType<string[]>(span[GenAiAttributes.ResponseFinishReasons]));
        Assert.Equal("provider", span[LlmTracingAttributes.UsageSource]);
    }

    [Theory]
    [InlineData(SseCompletion.Event, Done)]
    [InlineData(SseCompletion.OpenAiDone, "data: [DONE]\n\n")]
    [InlineData(SseCompletion.None, "")]
    public async Task TracedSse_Completion_IsTheLastFrame(SseCompletion completion, string last)
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.Sse.Completion = completion,
            Inside = app =>
            {
                app.MapGet("/", static () => new ScriptedSource("a").ToResult(SourceShape.Iterator));
                app.MapGet("/own", () => new ScriptedSource("a").ToResult(
                    SourceShape.Iterator, options: new TracedSseOptions { Completion = SseCompletion.None }));
            },
        });

        Assert.Equal($":\n\ndata: a\n\n{last}", await BodyAsync(app));
        Assert.Equal(":\n\ndata: a\n\n", await app.GetAsync("/own"));
    }

    [Fact]
    public async Task TracedSse_NoChunks_CompletesWithoutATimeToFirstChunk()
    {
        await using var app = await TestApp.StartAsync(
            static app => app.MapGet("/", static () => new ScriptedSource().ToResult(SourceShape.Iterator)));

        Assert.Equal($":\n\n{Done}", await BodyAsync(app));
        var span = Assert.Single((await app.Sink.NextAsync()).Spans);

        Assert.Equal(0L, span[LlmTracingAttributes.StreamChunks]);
        Assert.Null(span[GenAiAttributes.ResponseTimeToFirstChunk]);
        Assert.Null(span[LlmTracingAttributes.StreamLongestGap]);
        Assert.Equal(StreamOutcome.Completed, span.Outcome);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync()
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "Hi") { ModelId = "answered" };
        await Task.Yield();
        var usage = new UsageDetails { InputTokenCount = 3, OutputTokenCount = 4 };
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(usage)])
        {
            FinishReason = ChatFinishReason.Stop,
        };
    }

    private static async Task<string> BodyAsync(TestApp app)
    {
        using var response = await app.SendAsync("GET", "/", ("traceparent", TraceParent));
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private sealed record Piece(string TheText, int? Index);

    [JsonConverter(typeof(RawConverter))]
    private sealed record Raw(string Json);

    private sealed class RawConverter : JsonConverter<Raw>
    {
        public override Raw Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Raw value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Json, skipInputValidation: true);
    }
}
