using System.Diagnostics;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Continues the traces of a host's requests, and tells the services that it calls of them.</summary>
/// <remarks>https://develop.sentry.dev/sdk/foundations/trace-propagation/.</remarks>
internal sealed class SentryPropagator : DistributedContextPropagator, IDisposable
{
    public static readonly string[] Headers =
        [SentryTraceHeader.Name, BaggageHeader.Name, TraceParentHeader.Name, TraceParentHeader.StateName];

    private static readonly HttpContextAccessor Requests = new();

    private readonly IncomingBaggage _incoming = new();
    private readonly ILogger _logger;

    public SentryPropagator(PropagationSettings settings, ILoggerFactory loggerFactory)
    {
        (Settings, _logger) = (settings, loggerFactory.CreateLogger(Log.Category));
        OutgoingPropagator.Instance.Add(this);
    }

    public PropagationSettings Settings { get; }

    public override IReadOnlyCollection<string> Fields => Headers;

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        (traceId, traceState) = (null, null);
        if (Read(carrier, getter, RateOfRequest).Parent is { } parent)
        {
            (traceId, traceState) = (TraceParentHeader.Of(parent), parent.TraceState);
        }
    }

    // In reverse, for the host puts each before those that it has already.
    public override IEnumerable<KeyValuePair<string, string?>> ExtractBaggage(
        object? carrier, PropagatorGetterCallback? getter) => Read(carrier, getter, null).Baggage.Reverse();

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        try
        {
            var target = new HeaderTarget(carrier, setter);
            var appsBaggage = target.TakeBack();
            if (activity is { IdFormat: ActivityIdFormat.W3C } && Settings.Targets.Allow(target.Address))
            {
                InjectHeaders(activity, target, appsBaggage);
            }
        }
        catch (Exception exception)
        {
            // Whoever sends the request must not fail for its headers.
            Log.PropagationFailed(_logger, exception);
        }
    }

    public void Dispose()
    {
        OutgoingPropagator.Instance.Remove(this);
        _incoming.Dispose();
    }

    private IncomingTrace Read(object? carrier, PropagatorGetterCallback? getter, Func<ActivityTraceId, double>? rateOf)
    {
        return getter is null ? new(null, []) : IncomingTrace.Read(Header, Settings, rateOf);

        string? Header(string name)
        {
            getter(carrier, name, out var value, out var values);
            return value ?? (values is null ? null : string.Join(',', values));
        }
    }

    // The caller has left the decision to this service, and the span of the request is not made yet.
    private double RateOfRequest(ActivityTraceId traceId)
    {
        var context = Settings.Tracing.TracesSampler is null ? null : Requests.HttpContext;
        return SampleRate.Ask(
            Settings.Tracing,
            new()
            {
                Name = context is null ? "" : $"{context.Request.Method} {context.Request.PathBase + context.Request.Path}",
                Kind = ActivityKind.Server,
                TraceId = traceId,
                HttpContext = context,
            },
            _logger);
    }

    private void InjectHeaders(Activity activity, HeaderTarget target, string? appsBaggage)
    {
        var root = TopOf(activity);
        var rate = SampleRate.Of(activity, Settings.Tracing);
        var isSampled = IsSampled(activity, root, rate);
        var frozen = FrozenBaggage.Of(root, isSampled, Settings, rate);
        target.SetBaggage(
            BaggageWriter.Write(frozen, appsBaggage, IncomingBaggage.AppsOwn(activity, root)), appsBaggage);
        target.Set(
            SentryTraceHeader.Name, new SentryTraceHeader(activity.TraceId, activity.SpanId, isSampled).ToString());
        target.Set(TraceParentHeader.Name, activity.Id!);
        if (activity.TraceStateString is { Length: > 0 } state)
        {
            target.Set(TraceParentHeader.StateName, state);
        }
    }

    // Its flag alone does not tell: another listener may record what this host does not.
    private static bool IsSampled(Activity activity, Activity root, double rate) => activity.Recorded
        && (root.ParentSpanId != default || SampleRandom.Of(activity.TraceId) < rate);

    private static Activity TopOf(Activity activity)
    {
        while (activity.Parent is { } parent)
        {
            activity = parent;
        }

        return activity;
    }
}
