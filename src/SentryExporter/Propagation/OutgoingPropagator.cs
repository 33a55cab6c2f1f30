using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>What every HttpClient of the process asks when it sends: passes the question on to the host that sends.</summary>
/// <remarks>
/// The clients take <see cref="DistributedContextPropagator.Current"/> when their handlers are made, which may be before any
/// host has started, and the process may hold several hosts, as in tests.
/// </remarks>
internal sealed class OutgoingPropagator : DistributedContextPropagator
{
    private readonly HttpContextAccessor _requests = new();
    private readonly DistributedContextPropagator _before = Current;
    private ImmutableArray<SentryPropagator> _hosts = [];

    private OutgoingPropagator() => Fields = [.. SentryPropagator.Headers.Union(_before.Fields)];

    public static OutgoingPropagator Instance { get; } = new();

    public override IReadOnlyCollection<string> Fields { get; }

    private DistributedContextPropagator Host => _hosts switch
    {
        [] => _before,
        [var only] => only,
        [.., var latest] => HostOfRequest() ?? latest,
    };

    public void Add(SentryPropagator host) =>
        ImmutableInterlocked.Update(ref _hosts, static (hosts, added) => hosts.Add(added), host);

    public void Remove(SentryPropagator host) =>
        ImmutableInterlocked.Update(ref _hosts, static (hosts, removed) => hosts.Remove(removed), host);

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
        Host.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        Host.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier, PropagatorGetterCallback? getter) => Host.ExtractBaggage(carrier, getter);

    private SentryPropagator? HostOfRequest()
    {
        try
        {
            // The feature and not the property, which is not made for several flows of a request at once.
            var services = _requests.HttpContext?.Features.Get<IServiceProvidersFeature>()?.RequestServices;
            return services?.GetService<SentryPropagator>();
        }
        catch (ObjectDisposedException)
        {
            // The request has just ended, and this call of its has outlived it.
            return null;
        }
    }
}
