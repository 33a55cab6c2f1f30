using System.Globalization;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>What Sentry calls the dynamic sampling context: the facts of a trace's head that every service repeats.</summary>
/// <remarks>https://develop.sentry.dev/sdk/telemetry/traces/dynamic-sampling-context/.</remarks>
internal static class SamplingContext
{
    public const string TraceId = "sentry-trace_id";
    public const string SampleRand = "sentry-sample_rand";
    public const string OrganizationId = "sentry-org_id";

    /// <summary>Writes the context of a trace that begins here.</summary>
    /// <param name="head">The trace.</param>
    /// <param name="settings">The service that it begins in. Without a DSN it has no context.</param>
    public static IEnumerable<KeyValuePair<string, string?>> Of(TraceHead head, PropagationSettings settings)
    {
        if (settings.PublicKey is null)
        {
            return [];
        }

        List<KeyValuePair<string, string?>> members =
        [
            new(TraceId, head.TraceId.ToHexString()),
            new("sentry-public_key", settings.PublicKey),
            new("sentry-sample_rate", TextOf(head.SampleRate ?? settings.SampleRate)),
            new(SampleRand, SampleRandom.Of(head.TraceId).ToString("F6", CultureInfo.InvariantCulture)),
            new("sentry-sampled", head.IsSampled ? "true" : "false"),
            new("sentry-release", head.Release ?? settings.Release),
            new("sentry-environment", head.Environment ?? settings.Environment),
            new("sentry-transaction", head.Transaction),
            new(OrganizationId, settings.OrganizationId),
        ];
        members.RemoveAll(static member => string.IsNullOrEmpty(member.Value));
        return members;
    }

    // Most apps record all, or nothing: that needs no search for the digits of a double.
    private static string TextOf(double rate) => rate switch
    {
        0 => "0",
        1 => "1",
        _ => rate.ToString("0.################", CultureInfo.InvariantCulture),
    };
}
