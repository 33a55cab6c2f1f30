using Microsoft.Extensions.Options;
using Sentry.AspNetCore;

namespace LlmTracing.SentrySdk;

/// <summary>Samples as the SDK's options say: what it is given already is not sampled again.</summary>
internal sealed class SentrySdkTracingSetup(IOptions<SentryAspNetCoreOptions> sdk) : IConfigureOptions<LlmTracingOptions>
{
    private const string RequestOperation = "http.server";

    public void Configure(LlmTracingOptions options)
    {
        options.TracesSampleRate = sdk.Value.TracesSampleRate ?? options.TracesSampleRate;
        if (sdk.Value.TracesSampler is { } sampler)
        {
            options.TracesSampler = context => sampler(ContextOf(context));
        }
    }

    private static TransactionSamplingContext ContextOf(TracesSamplerContext context) => new(
        new TransactionContext(context.Name, RequestOperation, traceId: SentryId.Parse(context.TraceId.ToHexString())),
        new Dictionary<string, object?>
        {
            // As Sentry.AspNetCore has them, for its TryGetHttpMethod() and TryGetHttpPath(). The route is not known yet.
            ["__HttpContext"] = context.HttpContext,
            ["__HttpMethod"] = context.HttpContext?.Request.Method,
            ["__HttpPath"] = context.HttpContext?.Request.Path.Value,
        });
}
