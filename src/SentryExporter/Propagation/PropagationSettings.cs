using LlmTracing.SentryExporter.Delivery;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The options of one host, as far as what it tells other services depends on them.</summary>
internal sealed class PropagationSettings
{
    public PropagationSettings(IOptions<SentryExporterOptions> options, IOptions<LlmTracingOptions> tracing)
    {
        var dsn = SentryDsn.TryParse(options.Value.Dsn ?? "", out var parsed, out _) ? parsed : null;
        PublicKey = dsn?.PublicKey;
        OrganizationId = string.IsNullOrEmpty(options.Value.OrgId) ? dsn?.OrganizationId : options.Value.OrgId;
        Release = options.Value.Release;
        Environment = options.Value.Environment;
        Tracing = tracing.Value;
        SampleRate = tracing.Value.TracesSampleRate;
        IsStrict = options.Value.StrictTraceContinuation;
        Targets = new PropagationTargets(options.Value.PropagationTargets);
    }

    public LlmTracingOptions Tracing { get; }

    public string? PublicKey { get; }

    public string? OrganizationId { get; }

    public string? Release { get; }

    public string? Environment { get; }

    public double SampleRate { get; }

    /// <summary>Gets a value indicating whether a trace is continued only if its organization is surely the own one.</summary>
    public bool IsStrict { get; }

    public PropagationTargets Targets { get; }
}
