using System.Diagnostics;
using System.Globalization;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The trace that a request asks to continue, by its headers.</summary>
/// <param name="Parent">The caller's span, whose flag says whether the trace is recorded.</param>
/// <param name="Baggage">All members of its baggage; Sentry's only if they are of this trace.</param>
internal readonly record struct IncomingTrace(ActivityContext? Parent, IReadOnlyList<KeyValuePair<string, string?>> Baggage)
{
    /// <summary>Reads the headers. What is malformed counts as absent; nothing is refused for it.</summary>
    public static IncomingTrace Read(
        Func<string, string?> header, PropagationSettings settings, Func<ActivityTraceId, double>? rateOf = null)
    {
        List<KeyValuePair<string, string?>> baggage = header(BaggageHeader.Name) is { Length: > 0 } text
            ? BaggageHeader.Parse(text)
            : [];
        var parent = ParentOf(header, baggage, rateOf ?? (_ => settings.SampleRate));
        if (parent is not null && !MayContinue(ValueOf(baggage, SamplingContext.OrganizationId), settings))
        {
            parent = null;
        }

        // A context of another trace would be frozen into this one.
        if (baggage.Count > 0 && (parent is null || !IsOf(parent.Value.TraceId, baggage)))
        {
            baggage.RemoveAll(static member => BaggageHeader.IsSentrys(member.Key));
        }

        return new(parent, baggage);
    }

    private static ActivityContext? ParentOf(
        Func<string, string?> header, List<KeyValuePair<string, string?>> baggage, Func<ActivityTraceId, double> rateOf)
    {
        var w3c = TraceParentHeader.Parse(header(TraceParentHeader.Name), header(TraceParentHeader.StateName));
        if (SentryTraceHeader.Parse(header(SentryTraceHeader.Name)) is not { } sentry)
        {
            return w3c;
        }

        var isSampled = sentry.IsSampled ?? IsSampled(sentry.TraceId, baggage, rateOf);
        var flags = isSampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;

        // The state belongs to the trace of its own header, which need not be the one that Sentry's names.
        var state = w3c?.TraceId == sentry.TraceId ? w3c?.TraceState : null;
        return new ActivityContext(sentry.TraceId, sentry.SpanId, flags, state, isRemote: true);
    }

    // The caller has left the decision to this service.
    private static bool IsSampled(
        ActivityTraceId traceId, List<KeyValuePair<string, string?>> baggage, Func<ActivityTraceId, double> rateOf)
    {
        var sent = ValueOf(baggage, SamplingContext.SampleRand);
        var isKnown = double.TryParse(sent, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var random)
            && random is >= 0 and < 1;
        return (isKnown ? random : SampleRandom.Of(traceId)) < rateOf(traceId);
    }

    // https://develop.sentry.dev/sdk/foundations/trace-propagation/#strict-trace-continuation
    private static bool MayContinue(string? theirs, PropagationSettings settings)
    {
        var ours = settings.OrganizationId;
        return string.IsNullOrEmpty(theirs) || string.IsNullOrEmpty(ours)
            ? !settings.IsStrict || string.IsNullOrEmpty(theirs) == string.IsNullOrEmpty(ours)
            : theirs == ours;
    }

    private static bool IsOf(ActivityTraceId traceId, List<KeyValuePair<string, string?>> baggage) =>
        ValueOf(baggage, SamplingContext.TraceId) == traceId.ToHexString();

    private static string? ValueOf(List<KeyValuePair<string, string?>> baggage, string key) =>
        baggage.Find(member => member.Key == key).Value;
}
