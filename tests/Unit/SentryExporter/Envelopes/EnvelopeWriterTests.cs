using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.Tests.Unit.Support;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

public sealed class EnvelopeWriterTests
{
    [Fact]
    public void Write_Transaction_IsThreeLinesAndTheLengthIsThePayloads()
    {
        var lines = Write(new() { Release = "shop@1", Environment = "test" }, Transaction());

        Assert.Equal(3, lines.Length);
        using var payload = JsonDocument.Parse(lines[2]);
        var eventId = payload.RootElement.GetProperty("event_id").GetString();
        Assert.Matches("^[0-9a-f]{32}$", eventId);
        Assert.Equal(
            $$"""
            {"event_id":"{{eventId}}","sent_at":"2026-08-01T12:00:05.250Z",
            "sdk":{"name":"llmtracing.dotnet","version":"{{SentrySdkInfo.Version}}"},
            "trace":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","public_key":"key","sample_rate":"0.5",
            "sample_rand":"0.455397","sampled":"true","release":"shop@1","environment":"test",
            "transaction":"POST /chat","org_id":"123"}
            }
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(lines[0]));
        Assert.Equal($$"""{"type":"transaction","length":{{lines[2].Length}}}""", Encoding.UTF8.GetString(lines[1]));
    }

    // Twice its bytes, and what the attributes of each span are gathered in: no buffer of its own.
    [Fact]
    public void Write_Often_AllocatesLittleMoreThanTheEnvelope()
    {
        const int times = 100;
        var transaction = Transaction();
        var writer = NewWriter(new());
        var bytes = writer.Write(transaction)[0].Bytes.Length;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            writer.Write(transaction);
        }

        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / times;
        Assert.InRange(allocated, bytes, bytes + 4_500);
    }

    [Fact]
    public void Write_TransactionOnceMore_IsTheSameEvent()
    {
        var once = Transaction();
        var other = once with { Root = once.Root with { SpanId = ActivitySpanId.CreateRandom() } };

        var ids = new[] { once, once with { Spans = [] }, other }.Select(EventIdOf).ToArray();

        // The trace's id, with the span's in its first half.
        Assert.Equal("4b09489f7c1a4f11a3ce929d0e0e4736", ids[0]);
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);

        static string? EventIdOf(FinishedTransaction transaction) =>
            JsonElement.Parse(Write(new(), transaction)[2]).GetProperty("event_id").GetString();
    }

    [Fact]
    public void Write_Transaction_PayloadIsTheEvent()
    {
        using var payload = JsonDocument.Parse(Write(new() { Release = "shop@1" }, Transaction())[2]);

        var root = payload.RootElement;
        Assert.Equal(
            [
                "type", "event_id", "platform", "transaction", "transaction_info", "start_timestamp", "timestamp",
                "release", "sdk", "request", "contexts", "spans",
            ],
            root.EnumerateObject().Select(static property => property.Name));
        Assert.Equal("transaction", root.GetProperty("type").GetString());
        Assert.Equal("csharp", root.GetProperty("platform").GetString());
        Assert.Equal("""{"source":"route"}""", root.GetProperty("transaction_info").GetRawText());
        Assert.Equal("1785585600", root.GetProperty("start_timestamp").GetRawText());
        Assert.Equal("1785585601.2500001", root.GetProperty("timestamp").GetRawText());
        Assert.Equal(
            """{"method":"POST","url":"https://shop.example:8443/chat","headers":{"User-Agent":"curl/8"}}""",
            root.GetProperty("request").GetRawText());
        Assert.StartsWith(
            """
            {"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","op":"http.server",
            "status":"ok","origin":"auto.http.llm_tracing","data":{
            """.ReplaceLineEndings(""),
            root.GetProperty("contexts").GetProperty("trace").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(
            """
            [{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7",
            "parent_span_id":"00f067aa0ba902b8","op":"gen_ai.chat","status":"ok","origin":"auto.ai.llm_tracing",
            "data":{"gen_ai.operation.name":"chat"},"description":"grüße 😀",
            "start_timestamp":1785585600,"timestamp":1785585601.2500001}]
            """.ReplaceLineEndings(""),
            Unescaped(root.GetProperty("spans")));
    }

    [Fact]
    public void Write_NothingOptionalKnown_IsLeftOut()
    {
        var transaction = Finished.Transaction(Finished.Span());
        using var payload = JsonDocument.Parse(Write(new(), transaction)[2]);

        var root = payload.RootElement;
        Assert.False(root.TryGetProperty("release", out _));
        Assert.False(root.TryGetProperty("environment", out _));
        Assert.False(root.TryGetProperty("request", out _));
        Assert.False(root.GetProperty("contexts").GetProperty("trace").TryGetProperty("parent_span_id", out _));
        Assert.Equal("""{"source":"custom"}""", root.GetProperty("transaction_info").GetRawText());
        Assert.Equal("[]", root.GetProperty("spans").GetRawText());
    }

    [Fact]
    public void Write_ContextWentOutOrCameIn_IsRepeatedAsItWas()
    {
        var transaction = Transaction() with
        {
            Baggage = [new("tenant", "t1"), new("sentry-mine", "the app's")],
            TraceBaggage = [new("sentry-trace_id", "4bf92f35"), new("sentry-release", "other@2")],
        };

        using var header = JsonDocument.Parse(Write(new() { Release = "shop@1" }, transaction)[0]);

        Assert.Equal(
            """{"trace_id":"4bf92f35","release":"other@2"}""", header.RootElement.GetProperty("trace").GetRawText());
    }

    [Fact]
    public void Write_TraceCameWithoutAContext_HasNone()
    {
        var root = Transaction().Root with { ParentSpanId = ActivitySpanId.CreateFromString("00f067aa0ba902b8") };

        using var header = JsonDocument.Parse(Write(new(), Finished.Transaction(root))[0]);

        Assert.Equal("{}", header.RootElement.GetProperty("trace").GetRawText());
    }

    private static FinishedTransaction Transaction() => Finished.Transaction(
        Finished.Span(
            ("http.route", "/chat"), ("http.request.method", "POST"), ("url.scheme", "https"),
            ("server.address", "shop.example"), ("server.port", 8443), ("url.path", "/chat"),
            ("user_agent.original", "curl/8")) with
        {
            Name = "POST /chat",
            Kind = ActivityKind.Server,
        },
        Finished.Span(("gen_ai.operation.name", "chat")) with
        {
            ParentSpanId = ActivitySpanId.CreateFromString("00f067aa0ba902b8"),
            Name = "grüße 😀",
        });

    /// <summary>Gives the lines, which must each end with a line feed and hold none.</summary>
    private static byte[][] Write(SentryExporterOptions options, FinishedTransaction transaction)
    {
        var envelope = NewWriter(options).Write(transaction)[0];
        var lines = Encoding.Latin1.GetString(WrittenEnvelope.BytesOf(envelope)).Split('\n');
        Assert.Equal("", lines[^1]);
        return [.. lines[..^1].Select(Encoding.Latin1.GetBytes)];
    }

    private static EnvelopeWriter NewWriter(SentryExporterOptions options)
    {
        options.Dsn = "https://key@o123.ingest.sentry.io/1";
        var propagation = new PropagationSettings(
            Options.Create(options), Options.Create(new LlmTracingOptions { TracesSampleRate = 0.5 }));
        return new EnvelopeWriter(options, propagation, new FixedTime());
    }

    // Whether a pair of surrogates is escaped is the platform's choice.
    private static string Unescaped(JsonElement json) =>
        json.GetRawText().Replace("\\uD83D\\uDE00", "😀", StringComparison.OrdinalIgnoreCase);

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Finished.Start.AddSeconds(5.25);
    }
}
