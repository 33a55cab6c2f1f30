using System.Diagnostics;
using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace LlmTracing.Tests.Integration.Delivery.Otlp;

/// <summary>An app whose spans OpenTelemetry sends, as docs/otlp.md says it.</summary>
internal static class OtlpApp
{
    /// <summary>Starts an app that streams a model's answer at <c>/chat</c>, runs a tool at <c>/tool</c> and tells its trace at <c>/</c>.</summary>
    /// <param name="collector">The collector that gets its spans.</param>
    /// <param name="provider">The model's provider, where <c>/chat</c> is asked for.</param>
    /// <param name="sentry">The settings of our own exporter, if it stands beside.</param>
    /// <param name="options">The settings of the tracing.</param>
    /// <param name="add">Adds OpenTelemetry; by default as the document does for a collector.</param>
    public static Task<TestApp> StartAsync(
        OtlpCollector collector,
        ScriptedOpenAi? provider = null,
        Action<SentryExporterOptions>? sentry = null,
        Action<LlmTracingOptions>? options = null,
        Action<IServiceCollection>? add = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Options = options,
            Services = add ?? (services => OtlpExample.AddOtlp(services, otlp =>
            {
                otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
                otlp.Endpoint = collector.TracesUrl;
            })),
            Tracing = tracing =>
            {
                tracing.AddOpenAIReaders();
                if (sentry is not null)
                {
                    tracing.AddSentryExporter(sentry);
                }
            },
            Inside = app =>
            {
                app.Services.GetRequiredService<TracerProvider>();
                app.MapGet("/", static () => Activity.Current!.TraceId.ToHexString());
                app.MapGet("/tool", static () =>
                {
                    using (var chat = LlmTrace.StartChat(new LlmCall("m") { Provider = "openai" }))
                    {
                        chat.RecordToolCall(new LlmToolCall("call-1", "search"));
                    }

                    LlmTrace.StartTool("search", "call-1").Dispose();
                });
                app.MapGet("/chat", () => Answer(provider!));
            },
        });

    /// <summary>Stops the app, so that all its spans have ended, and has OpenTelemetry send them.</summary>
    public static async Task StopAndFlushAsync(this TestApp app)
    {
        await app.StopAsync();
        var flushed = app.Services.GetRequiredService<TracerProvider>()
            .ForceFlush((int)Deadline.Default.TotalMilliseconds);
        Assert.True(flushed, "OpenTelemetry did not send its spans in time.");
    }

    private static IResult Answer(ScriptedOpenAi provider)
    {
        var model = OpenAiModel.Of(provider);
        var settings = new ChatCompletionOptions { Temperature = 0.5f };
        return Results.TracedSse(
            LlmTrace.Defer(token => model.CompleteChatStreamingAsync(
                [new UserChatMessage(PlantedSecrets.Prompt)], settings, cancellationToken: token)),
            new LlmCall("m") { Provider = "openai", Temperature = 0.5, MaxOutputTokens = 100 });
    }
}
