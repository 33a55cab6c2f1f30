using LlmTracing.SentryExporter.Mapping;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentryExporter;

/// <summary>Has release and environment kept with what is open, for the case that the process dies.</summary>
internal sealed class SentryResourceSetup(IOptions<SentryExporterOptions> sentry) : IPostConfigureOptions<LlmTracingOptions>
{
    public void PostConfigure(string? name, LlmTracingOptions options)
    {
        try
        {
            Set(options, SentryResource.Release, sentry.Value.Release);
            Set(options, SentryResource.Environment, sentry.Value.Environment);
        }
        catch (OptionsValidationException)
        {
            // The host's start says it, and fails: once, for the options that are wrong, and not for these too.
            return;
        }
    }

    private static void Set(LlmTracingOptions options, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            options.ResourceAttributes[key] = value;
        }
    }
}
