using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware;

/// <summary>Refuses settings that cannot work, all at once, when the host starts.</summary>
internal sealed class LlmTracingOptionsValidator : IValidateOptions<LlmTracingOptions>
{
    // With what JSON makes of it, four such attributes fit into Sentry's item of 1 MiB.
    private const int LongestContent = 256 * 1024;

    private static readonly TimeSpan LongestChildLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestShutdownTimeout = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, LlmTracingOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        if (options.Filter is null)
        {
            problems.AddError("must not be null; to trace every request, leave it as it is.", nameof(options.Filter));
        }

        if (options.TracesSampleRate is not (>= 0 and <= 1))
        {
            problems.AddError($"must be 0 to 1, was {options.TracesSampleRate}.", nameof(options.TracesSampleRate));
        }

        if (options.MaxContentLength is < 1 or > LongestContent)
        {
            problems.AddError(
                $"must be 1 to {LongestContent} characters, was {options.MaxContentLength}. To record none, leave "
                + $"{nameof(options.CaptureContent)} off.",
                nameof(options.MaxContentLength));
        }

        Check(problems, options.ChildLimit, LongestChildLimit, nameof(options.ChildLimit));
        Check(problems, options.ShutdownTimeout, LongestShutdownTimeout, nameof(options.ShutdownTimeout));
        if (options.Sources.Any(string.IsNullOrWhiteSpace))
        {
            problems.AddError("must name activity sources; one of its names is empty.", nameof(options.Sources));
        }

        PricingChecks.Add(problems, options.Pricing);
        problems.AddResult(new TracedSseOptionsValidator().Validate(nameof(options.Sse), options.Sse));
        return problems.Build();
    }

    private static void Check(ValidateOptionsResultBuilder problems, TimeSpan value, TimeSpan longest, string name)
    {
        if (value < TimeSpan.Zero || value > longest)
        {
            problems.AddError($"must be {TimeSpan.Zero} to {longest}, was {value}.", name);
        }
    }
}
