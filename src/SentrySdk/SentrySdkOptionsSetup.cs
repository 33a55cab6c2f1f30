using LlmTracing.SentrySdk.Errors;
using LlmTracing.SentrySdk.Transactions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Sentry.AspNetCore;

namespace LlmTracing.SentrySdk;

/// <summary>Has the SDK leave transactions to us, and takes from its options what the headers of a trace say.</summary>
internal sealed class SentrySdkOptionsSetup(
    IServiceProvider services, TraceOfEvents trace, TracedCalls calls, IHttpContextAccessor requests)
    : IPostConfigureOptions<SentryAspNetCoreOptions>, IConfigureOptions<SentryExporterOptions>
{
    public void PostConfigure(string? name, SentryAspNetCoreOptions options)
    {
        options.AutoRegisterTracing = false;

        // Our propagator knows the span of each call, and which servers are not told of it.
        options.TracePropagationTargets = [];
        options.AddEventProcessor(trace);
        options.AddTransactionProcessor(new ExtensionsAiDuplicates(services, calls));
        options.AddTransactionProcessor(new SdkRequests(services, requests));
    }

    public void Configure(SentryExporterOptions options)
    {
        var sdk = Sdk(services);
        options.Dsn = sdk.Dsn;
        options.Environment = sdk.Environment;
        options.Release = sdk.Release;
        options.OrgId = sdk.OrgId;
        options.StrictTraceContinuation = sdk.StrictTraceContinuation;
    }

    // Asked when they are needed: whoever sets up the SDK may come after us.
    private static SentryAspNetCoreOptions Sdk(IServiceProvider services) =>
        ((IOptions<SentryAspNetCoreOptions>)services.GetService(typeof(IOptions<SentryAspNetCoreOptions>))!).Value;
}
