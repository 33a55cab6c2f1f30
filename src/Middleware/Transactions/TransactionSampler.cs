using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Decides, by its trace id alone, whether a trace begun here is recorded; others keep their decision.</summary>
internal sealed class TransactionSampler(IOptions<LlmTracingOptions> options)
{
    public ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> creation)
    {
        var parent = creation.Parent;
        if (parent == default)
        {
            return SampleRoot(creation.Source, creation.TraceId);
        }

        if ((parent.TraceFlags & ActivityTraceFlags.Recorded) != 0)
        {
            return ActivitySamplingResult.AllDataAndRecorded;
        }

        if (IsUndecided(parent))
        {
            return SampleRoot(creation.Source, parent.TraceId);
        }

        // A root is made even if it is not recorded: its ids are what is propagated. Its children need not be.
        return parent.IsRemote ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None;
    }

    /// <summary>Tells what was decided for a root. Its flags alone do not: another listener may record it too.</summary>
    public bool IsSampled(Activity root) =>
        root.Recorded && (SourceNames.TopOf(root).ParentSpanId != default || IsSampled(root.TraceId));

    // A root made by hand, new Activity("job").Start(), is not recorded because nobody was asked.
    private static bool IsUndecided(in ActivityContext parent)
    {
        if (parent.IsRemote || Activity.Current is not { } above || above.SpanId != parent.SpanId)
        {
            return false;
        }

        while (above.Source.Name.Length == 0 && above.Parent is { } next)
        {
            above = next;
        }

        return above.Source.Name.Length == 0 && !above.HasRemoteParent;
    }

    private ActivitySamplingResult SampleRoot(ActivitySource source, ActivityTraceId traceId)
    {
        if (!SourceNames.MayBeRoot(source))
        {
            return ActivitySamplingResult.None;
        }

        return IsSampled(traceId) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData;
    }

    private bool IsSampled(ActivityTraceId traceId)
    {
        var rate = options.Value.TracesSampleRate;
        return rate >= 1 || (rate > 0 && SampleRandom.Of(traceId) < rate);
    }
}
