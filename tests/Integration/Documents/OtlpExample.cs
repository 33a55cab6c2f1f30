using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The examples of docs/otlp.md, which the tests of OTLP run.</summary>
internal static class OtlpExample
{
    public static void Start(WebApplicationBuilder builder)
    {
        builder.Services.AddLlmTracing();
        AddOtlp(builder.Services, otlp =>
        {
            otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            otlp.Endpoint = new Uri("http://localhost:4318/v1/traces");
        });

        var app = builder.Build();
        app.Services.GetRequiredService<TracerProvider>();
        app.UseLlmTracing();
    }

    public static void AddOtlp(IServiceCollection services, Action<OtlpExporterOptions> target) =>
        services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService("chat", serviceVersion: "1.4.0"))
            .AddSource("LlmTracing", "Microsoft.AspNetCore", "System.Net.Http")
            .SetSampler(new ParentBasedSampler(new AlwaysOffSampler()))
            .AddOtlpExporter(target)
            .Build());

    public static void AddSentryByOtlp(IServiceCollection services, string dsn)
    {
        var sentry = SentryOtlpEndpoint.Parse(dsn);
        AddOtlp(services, otlp =>
        {
            otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            otlp.Endpoint = sentry.TracesUrl;
            otlp.Headers = sentry.Headers;
        });
    }
}
