using LlmTracing;
using LlmTracing.Middleware.Transactions;
using LlmTracing.SentryExporter;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.SentrySdk;
using LlmTracing.SentrySdk.Errors;
using LlmTracing.SentrySdk.Transactions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Options;
using Sentry.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the Sentry SDK as a backend.</summary>
public static class SentrySdkBuilderExtensions
{
    /// <summary>Hands every finished transaction to the Sentry SDK, which <c>builder.WebHost.UseSentry(…)</c> has added.</summary>
    /// <param name="builder">What <c>AddLlmTracing()</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// The SDK stays in charge of DSN, release, environment, sample rate, errors, sessions and logs, and what it captures in a
    /// request belongs to that request's trace. Its own transaction of each request is switched off. The host's start fails
    /// where the SDK is missing, or where something else would send a second transaction for a request.
    /// </remarks>
    public static ILlmTracingBuilder UseSentrySdk(this ILlmTracingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.Any(static service => service.ImplementationType == typeof(SentrySdkSink)))
        {
            return builder;
        }

        SentryPropagation.AddTo(services);
        services.AddOptions<SentryExporterOptions>();
        services.AddSingleton<SdkHub>();
        services.AddSingleton<FailedSpans>();
        services.AddSingleton<ClientDisconnects>();
        services.AddSingleton<TraceOfEvents>();
        services.AddSingleton<TracedCalls>();
        services.AddSingleton<RequestScopes>();
        services.AddSingleton<IRequestObserver, RequestScope>();
        services.AddSingleton<IConfigureOptions<SentryExporterOptions>, SentrySdkOptionsSetup>();
        services.AddSingleton<IPostConfigureOptions<SentryAspNetCoreOptions>, SentrySdkOptionsSetup>();
        services.AddSingleton<IPostConfigureOptions<LlmTracingOptions>, SentryResourceSetup>();
        services.AddTransient<IStartupFilter, OnePipelineCheck>();

        // First of all, so that the app's own setting of the rate comes after the SDK's and wins.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<LlmTracingOptions>, SentrySdkTracingSetup>());
        return builder.AddTransactionSink<SentrySdkSink>();
    }
}
