using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Decides, by its trace id alone, whether a trace begun here is recorded; others keep their decision.</summary>
internal sealed class TransactionSampler(IOptions<LlmTracingOptions> options, ILogger logger)
{
    // The server sets the request before it makes its span.
    private static readonly HttpContextAccessor Requests = new();

    private readonly string _rateKey = SampleRate.KeyOf(options.Value);

    public ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> creation)
    {
        var parent = creation.Parent;
        if (parent == default)
        {
            return SampleRoot(ref creation, creation.TraceId);
        }

        if ((parent.TraceFlags & ActivityTraceFlags.Recorded) != 0)
        {
            return ActivitySamplingResult.AllDataAndRecorded;
        }

        if (IsUndecided(parent))
        {
            return SampleRoot(ref creation, parent.TraceId);
        }

        // A root is made even if it is not recorded: its ids are what is propagated. Its children need not be.
        return parent.IsRemote ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None;
    }

    /// <summary>Tells what was decided for a root. Its flags alone do not: another listener may record it too.</summary>
    public bool IsSampled(Activity root) =>
        root.Recorded && (SourceNames.TopOf(root).ParentSpanId != default || IsSampled(root.TraceId, RateOf(root)));

    /// <inheritdoc cref="SampleRate.Of"/>
    public double RateOf(Activity span) => SampleRate.Of(span, options.Value);

    /// <summary>Keeps the rate that a root was sampled by. While it is made, it can be noted only as an attribute.</summary>
    public void KeepRate(Activity root)
    {
        if (options.Value.TracesSampler is not null && root.GetTagItem(_rateKey) is double rate)
        {
            root.SetCustomProperty(_rateKey, rate);
            root.SetTag(_rateKey, null);
        }
    }

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

    private static bool IsSampled(ActivityTraceId traceId, double rate) =>
        rate >= 1 || (rate > 0 && SampleRandom.Of(traceId) < rate);

    private ActivitySamplingResult SampleRoot(
        ref ActivityCreationOptions<ActivityContext> creation, ActivityTraceId traceId)
    {
        if (!SourceNames.MayBeRoot(creation.Source))
        {
            return ActivitySamplingResult.None;
        }

        var rate = options.Value.TracesSampleRate;
        if (options.Value.TracesSampler is not null)
        {
            rate = SampleRate.Ask(options.Value, ContextOf(creation, traceId), logger);
            creation.SamplingTags[_rateKey] = rate;
        }

        return IsSampled(traceId, rate) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData;
    }

    private static TracesSamplerContext ContextOf(
        in ActivityCreationOptions<ActivityContext> creation, ActivityTraceId traceId)
    {
        var request = SourceNames.IsRequest(creation.Source, creation.Kind) ? Requests.HttpContext : null;
        return new TracesSamplerContext
        {
            Name = request is null
                ? creation.Name
                : $"{request.Request.Method} {request.Request.PathBase + request.Request.Path}",
            Kind = creation.Kind,
            TraceId = traceId,
            Tags = creation.Tags ?? [],
            HttpContext = request,
        };
    }
}
