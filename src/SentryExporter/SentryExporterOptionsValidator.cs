using LlmTracing.SentryExporter.Delivery;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.SentryExporter.Spotlight;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentryExporter;

/// <summary>Refuses settings that cannot work, all at once, when the host starts.</summary>
internal sealed class SentryExporterOptionsValidator : IValidateOptions<SentryExporterOptions>
{
    private const int MostSenders = 64;
    private const long LeastBytes = 64 * 1024;
    private const long MostQueueBytes = 1L << 30;
    private const long MostSpoolBytes = 1L << 36;

    public ValidateOptionsResult Validate(string? name, SentryExporterOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        if (!string.IsNullOrWhiteSpace(options.Dsn) && !SentryDsn.TryParse(options.Dsn, out _, out var problem))
        {
            problems.AddError(
                $"(SENTRY_DSN) must look like https://PUBLIC_KEY@HOST/PROJECT, but {problem}. Copy it from the project's "
                + "settings in Sentry, or leave it empty to send nothing.",
                nameof(options.Dsn));
        }

        if (options.Senders is < 1 or > MostSenders)
        {
            problems.AddError($"must be 1 to {MostSenders}, was {options.Senders}.", nameof(options.Senders));
        }

        CheckBytes(options.MaxQueueBytes, MostQueueBytes, nameof(options.MaxQueueBytes));
        CheckBytes(options.MaxSpoolBytes, MostSpoolBytes, nameof(options.MaxSpoolBytes));
        if (options.SpoolDirectory is { Length: > 0 } folder && !Path.IsPathFullyQualified(folder))
        {
            problems.AddError(
                $"must be a whole path, from the root on, was '{folder}'; or empty, for no spool.",
                nameof(options.SpoolDirectory));
        }

        if (options.OrgId is { Length: > 0 } organization && !organization.All(char.IsAsciiDigit))
        {
            problems.AddError($"must be digits, as in o123.ingest.sentry.io, was '{organization}'.", nameof(options.OrgId));
        }

        foreach (var text in options.PropagationTargets ?? [])
        {
            if (!HostPattern.TryParse(text, out _, out var flaw))
            {
                problems.AddError(
                    $"must be hosts like api.example.com, *.example.com or localhost:5001, but '{text}' is none: {flaw}.",
                    nameof(options.PropagationTargets));
            }
        }

        if (!SpotlightAddress.TryParse(options.Spotlight, out _))
        {
            problems.AddError(
                "(SENTRY_SPOTLIGHT) must be 1, for http://localhost:8969/stream, an address like that, or 0 for none, was "
                + $"'{options.Spotlight}'.",
                nameof(options.Spotlight));
        }

        return problems.Build();

        void CheckBytes(long value, long most, string name)
        {
            if (value < LeastBytes || value > most)
            {
                problems.AddError($"must be {LeastBytes} to {most} bytes, was {value}.", name);
            }
        }
    }
}
