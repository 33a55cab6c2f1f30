using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Sentry;
using Sentry.AspNetCore;
using Sentry.OpenTelemetry;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>The SDK in its OpenTelemetry modes, with our spans as OpenTelemetry's and no backend of ours.</summary>
public sealed class OpenTelemetryModeTests
{
    private const string Chat = "chat gpt-4o-mini";

    // Its op is the span's name, where Sentry's views of AI work look for gen_ai.chat: docs/sentry-sdk.md says so.
    [Fact]
    public async Task UseOpenTelemetry_StreamedAnswer_IsOneTransactionWithItsTokensButNoOp()
    {
        var sent = new ConcurrentQueue<string>();
        await using var server = await RecordingServer.StartAsync();
        server.Answer = async context => sent.Enqueue(await ReadAsync(context.Request));
        await using var app = await StartAsync(
            $"http://public@{server.Host}/1", static options => options.UseOpenTelemetry(), static provider => provider.AddSentry());

        await app.GetAsync("/");
        await app.StopAsync();

        var text = Assert.Single(sent, static text => text.Contains("{\"type\":\"transaction\"", StringComparison.Ordinal));
        var transaction = JsonElement.Parse(text.Split('\n')[2]);
        var span = Assert.Single(transaction.At("spans").Elements());
        Assert.Equal("GET /", transaction.At("transaction").AsText());
        Assert.Equal(Chat, span.At("op").AsText());
        Assert.Equal(11, span.At("data").At("gen_ai.usage.input_tokens").AsNumber());
    }

    [Fact]
    public async Task UseOtlp_StreamedAnswerFails_SpansGoByOtlpAndTheErrorIsOfTheirTrace()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var collector = await OtlpCollector.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await StartAsync(
            ingest.Dsn, static options => options.UseOtlp(), provider => provider.AddSentryOtlpExporter(ingest.Dsn, collector.TracesUrl));

        await app.GetAsync("/failing");
        var error = await ingest.NextErrorAsync();
        await app.StopAsync();
        app.Services.GetRequiredService<TracerProvider>().ForceFlush();

        var traceId = error.At("contexts").At("trace").At("trace_id").AsText()!;
        var span = Assert.Single(collector.Of(traceId), static span => span.Name == Chat);
        Assert.Equal(11L, span.Attributes["gen_ai.usage.input_tokens"]);
        ingest.AssertNoMore();
    }

    private static Task<TestApp> StartAsync(
        string dsn, Action<SentryAspNetCoreOptions> configure, Func<TracerProviderBuilder, TracerProviderBuilder> add)
    {
        var backend = new SdkBackend(dsn, options =>
        {
            options.TracesSampleRate = 1;
            configure(options);
        });
        return TestApp.StartAsync(new TestAppSetup
        {
            WebHost = backend.Add,
            Services = services => services.AddSingleton(_ => add(Sdk.CreateTracerProviderBuilder()
                .AddSource("LlmTracing", "Microsoft.AspNetCore", "System.Net.Http")
                .SetSampler(new ParentBasedSampler(new AlwaysOffSampler()))).Build()),
            Inside = static app =>
            {
                app.Services.GetRequiredService<TracerProvider>();
                app.MapGet("/", static () => ResultOf(isFailing: false));
                app.MapGet("/failing", static () => ResultOf(isFailing: true));
            },
        });
    }

    private static async Task<string> ReadAsync(HttpRequest request)
    {
        await using var body = request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(request.Body, CompressionMode.Decompress)
            : request.Body;
        using var reader = new StreamReader(body);
        return await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
    }

    private static IResult ResultOf(bool isFailing) => Results.TracedSse<ChatResponseUpdate, string>(
        AnswerAsync(isFailing), static update => new(update.Text), new LlmCall("gpt-4o-mini") { Provider = "openai" });

    private static async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync(bool isFailing)
    {
        yield return new ChatResponseUpdate(
            ChatRole.Assistant, [new TextContent("Hello"), new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = 4 })]);
        await Task.Yield();
        if (isFailing)
        {
            throw new InvalidOperationException("The provider failed.");
        }
    }
}
