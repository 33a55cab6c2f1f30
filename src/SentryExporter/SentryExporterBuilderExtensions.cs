using System.Diagnostics;
using LlmTracing;
using LlmTracing.SentryExporter;
using LlmTracing.SentryExporter.Delivery;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.SentryExporter.Spotlight;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Sentry as a backend.</summary>
public static class SentryExporterBuilderExtensions
{
    /// <summary>Sends every finished transaction to Sentry, and carries its trace from and to other services.</summary>
    /// <param name="builder">What <c>AddLlmTracing()</c> returned.</param>
    /// <param name="configure">
    /// Settings; they win over the configuration section <c>Sentry</c> and the variables SENTRY_DSN, SENTRY_ENVIRONMENT,
    /// SENTRY_RELEASE, SENTRY_SPOTLIGHT and SENTRY_TRACES_SAMPLE_RATE. A malformed one fails the host's start.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// It takes the place of the host's <see cref="DistributedContextPropagator"/>, and of
    /// <see cref="DistributedContextPropagator.Current"/> for the handlers of HttpClient that are made from now on.
    /// </remarks>
    public static ILlmTracingBuilder AddSentryExporter(
        this ILlmTracingBuilder builder, Action<SentryExporterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        var options = services.AddOptionsWithValidateOnStart<SentryExporterOptions>();
        if (!services.Any(service => service.ServiceType == typeof(EnvelopeSender)))
        {
            services.AddSingleton<LossLog>();
            services.AddSingleton<DeliveryMetrics>();
            services.AddSingleton<EnvelopeSender>();
            services.AddSingleton<SpotlightView>();
            SentryPropagation.AddTo(services);
            services.AddSingleton<IConfigureOptions<SentryExporterOptions>, SentryExporterOptionsSetup>();
            services.AddSingleton<IPostConfigureOptions<SentryExporterOptions>, SentryExporterOptionsSetup>();
            services.AddSingleton<IValidateOptions<SentryExporterOptions>, SentryExporterOptionsValidator>();
            services.AddSingleton<IPostConfigureOptions<LlmTracingOptions>, SentryResourceSetup>();

            // First of all, so that the app's own setting of the rate comes after the variable and wins.
            services.Insert(
                0, ServiceDescriptor.Singleton<IConfigureOptions<LlmTracingOptions>, SentryExporterOptionsSetup>());
        }

        if (configure is not null)
        {
            options.Configure(configure);
        }

        return builder.AddTransactionSink<SentrySink>();
    }
}
