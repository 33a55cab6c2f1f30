using LlmTracing.Middleware;
using LlmTracing.SentryExporter.Delivery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sentry.AspNetCore;

namespace LlmTracing.SentrySdk;

/// <summary>Fails the host's start where nobody would send our transactions, or somebody a second one for each request.</summary>
internal sealed class OnePipelineCheck : IStartupFilter
{
    // Of Sentry.AspNetCore: it notes here that its middleware for transactions is in the pipeline.
    private const string SdkTracing = "__UseSentryTracing";

    // Of Sentry.OpenTelemetry: options.UseOpenTelemetry() adds it, which this package does not know.
    private const string OpenTelemetryProcessor = "Sentry.OpenTelemetry.OpenTelemetryTransactionProcessor";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (app.ApplicationServices.GetService<Func<IHub>>() is null)
        {
            throw new InvalidOperationException(
                "UseSentrySdk() hands transactions to the Sentry SDK of the host, which is not there. Add builder.WebHost.UseSentry(…), in "
                + "the place of SentrySdk.Init(…) if the app has that, or "
                + "replace UseSentrySdk() by AddSentryExporter(), which needs no SDK.");
        }

        if (app.ApplicationServices.GetServices<ITransactionSink>().OfType<SentrySink>().Any())
        {
            throw new InvalidOperationException(
                "UseSentrySdk() and AddSentryExporter() would each send every transaction. Remove one of the two.");
        }

        var sdk = app.ApplicationServices.GetRequiredService<IOptions<SentryAspNetCoreOptions>>().Value;
        if (sdk.GetAllTransactionProcessors().Any(static processor => processor.GetType().FullName == OpenTelemetryProcessor))
        {
            throw new InvalidOperationException(
                "options.UseOpenTelemetry() has the Sentry SDK make a transaction of each request's OpenTelemetry spans, and "
                + "UseSentrySdk() hands it another one. Remove one of the two.");
        }

        next(app);
        if (!app.Properties.ContainsKey(LlmTracingMiddleware.InPipeline))
        {
            throw new InvalidOperationException(
                "UseSentrySdk() switches the Sentry SDK's own transactions off, and nothing makes others: app.UseLlmTracing() is missing, or "
                + "is in a branch of the app. Call it on the app itself, first; LlmTracingOptions.Filter says which requests are recorded.");
        }

        if (app.Properties.ContainsKey(SdkTracing))
        {
            throw new InvalidOperationException(
                "app.UseSentryTracing() makes a transaction of each request, and app.UseLlmTracing() another one. Remove "
                + "app.UseSentryTracing().");
        }
    };
}
