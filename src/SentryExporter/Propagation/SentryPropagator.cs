using System.Diagnostics;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Continues the traces of a host's requests, and tells the services that it calls of them.</summary>
/// <remarks>https://develop.sentry.dev/sdk/foundations/trace-propagation/.</remarks>
internal sealed class SentryPropagator : DistributedContextPropagator, IDisposable
{
    public static readonly string[] Headers =
        [SentryTraceHeader.Name, BaggageHeader.Name, TraceParentHeader.Name, TraceParentHeader.StateName];

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
        if (Read(carrier, getter).Parent is { } parent)
        {
            (traceId, traceState) = (TraceParentHeader.Of(parent), parent.TraceState);
        }
    }

    // In reverse, for the host puts each before those that it has already.
    public override IEnumerable<KeyValuePair<string, string?>> ExtractBaggage(
        object? carrier, PropagatorGetterCallback? getter) => Read(carrier, getter).Baggage.Reverse();

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

    private IncomingTrace Read(object? carrier, PropagatorGetterCallback? getter)
    {
        return getter is null ? new(null, []) : IncomingTrace.Read(Header, Settings);

        string? Header(string name)
        {
            getter(carrier, name, out var value, out var values);
            return value ?? (values is null ? null : string.Join(',', values));
        }
    }

    private void InjectHeaders(Activity activity, HeaderTarget target, string? appsBaggage)
    {
        var root = TopOf(activity);
        var isSampled = IsSampled(activity, root);
        var frozen = FrozenBaggage.Of(root, isSampled, Settings);
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
    private bool IsSampled(Activity activity, Activity root) => activity.Recorded
        && (root.ParentSpanId != default || SampleRandom.Of(activity.TraceId) < Settings.SampleRate);

    private static Activity TopOf(Activity activity)
    {
        while (activity.Parent is { } parent)
        {
            activity = parent;
        }

        return activity;
    }
}
