using System.Globalization;
using System.Reflection;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Spotlight;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentryExporter;

/// <summary>Takes settings from the configuration, where Sentry's SDKs look for them too.</summary>
internal sealed class SentryExporterOptionsSetup(IConfiguration configuration, IHostEnvironment host)
    : IConfigureOptions<SentryExporterOptions>, IPostConfigureOptions<SentryExporterOptions>,
        IConfigureOptions<LlmTracingOptions>
{
    private const string SampleRateVariable = "SENTRY_TRACES_SAMPLE_RATE";
    private const string SpotlightVariable = "SENTRY_SPOTLIGHT";

    public void Configure(SentryExporterOptions options)
    {
        configuration.GetSection("Sentry").Bind(options);
        options.Dsn = configuration["SENTRY_DSN"] ?? options.Dsn;
        options.Environment = configuration["SENTRY_ENVIRONMENT"] ?? options.Environment;
        options.Release = configuration["SENTRY_RELEASE"] ?? options.Release;
        options.Spotlight = NullIfEmpty(configuration[SpotlightVariable]) ?? options.Spotlight;
    }

    public void PostConfigure(string? name, SentryExporterOptions options)
    {
        // Compose files leave variables empty rather than unset.
        options.Environment = NullIfEmpty(options.Environment) ?? host.EnvironmentName.ToLowerInvariant();
        options.Release = NullIfEmpty(options.Release) ?? ReleaseOf(Assembly.GetEntryAssembly());

        // Code that switches it on leaves the address to the variable, as with Sentry's SDKs.
        if (SpotlightAddress.IsOn(options.Spotlight) && SpotlightAddress.IsAddress(configuration[SpotlightVariable]))
        {
            options.Spotlight = configuration[SpotlightVariable];
        }

        if (options.BeforeSend is { } hook && !SpotlightAddress.IsOff(options.Spotlight))
        {
            options.BeforeSend = new OneAnswer(hook).To;
        }
    }

    public void Configure(LlmTracingOptions options)
    {
        if (configuration[SampleRateVariable] is not { Length: > 0 } text)
        {
            return;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate))
        {
            throw new OptionsValidationException(
                SampleRateVariable, typeof(LlmTracingOptions), [$"{SampleRateVariable} must be 0 to 1, was '{text}'."]);
        }

        options.TracesSampleRate = rate;
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static string? ReleaseOf(Assembly? app)
    {
        var version = app?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return version is null ? null : $"{app!.GetName().Name}@{version}";
    }
}
