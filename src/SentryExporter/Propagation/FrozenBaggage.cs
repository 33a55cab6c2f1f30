using System.Diagnostics;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Sentry's members of the baggage of one trace, as they were when it first left this service, or came in.</summary>
/// <remarks>They are not kept in <c>Activity.Baggage</c>, which clients with a propagator of their own send to anyone.</remarks>
internal sealed class FrozenBaggage
{
    private const string Property = "LlmTracing.FrozenBaggage";

    private static readonly Lock Freezing = new();

    private FrozenBaggage(IEnumerable<KeyValuePair<string, string?>> members)
    {
        var writer = new BaggageWriter();
        Members = [.. members.Where(member => writer.TryAdd(member.Key, member.Value))];
        Header = writer.Header;
    }

    /// <summary>Gets the members for which a header has room.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Members { get; }

    /// <summary>Gets the members as they go into a header, or null where there are none.</summary>
    public string? Header { get; }

    /// <summary>Gives the members of a trace, and fixes them if they are not yet.</summary>
    /// <param name="root">The topmost span of the trace in this service.</param>
    /// <param name="isSampled">Whether the trace is recorded, where it begins here.</param>
    /// <param name="settings">The service that it begins in.</param>
    /// <param name="sampleRate">The rate by which that was decided; null for that of the service.</param>
    public static FrozenBaggage Of(Activity root, bool isSampled, PropagationSettings settings, double? sampleRate = null)
    {
        if (root.GetCustomProperty(Property) is FrozenBaggage frozen)
        {
            return frozen;
        }

        // Calls made in parallel must not freeze two.
        lock (Freezing)
        {
            // A trace that began elsewhere keeps what came with it, be it nothing.
            return root.GetCustomProperty(Property) as FrozenBaggage
                ?? Freeze(root, root.ParentSpanId == default ? SamplingContext.Of(TraceHead.Of(root, isSampled, sampleRate), settings) : []);
        }
    }

    /// <summary>Fixes the members of a trace.</summary>
    public static FrozenBaggage Freeze(Activity root, IEnumerable<KeyValuePair<string, string?>> members)
    {
        var frozen = new FrozenBaggage(members);
        root.SetCustomProperty(FinishedTransaction.TraceBaggageProperty, frozen.Members);
        root.SetCustomProperty(Property, frozen);
        return frozen;
    }
}
