using System.Diagnostics;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Sentry's members of the baggage of one trace, as they were when it first left this service, or came in.</summary>
/// <param name="Header">The members as they go into a header, or null where there are none.</param>
internal sealed record FrozenBaggage(string? Header)
{
    private const string Property = "LlmTracing.FrozenBaggage";

    private static readonly Lock Freezing = new();

    /// <summary>Gives the members of a trace, and fixes them if they are not yet.</summary>
    /// <param name="root">The topmost span of the trace in this service.</param>
    /// <param name="isSampled">Whether the trace is recorded, where it begins here.</param>
    /// <param name="settings">The service that it begins in.</param>
    public static FrozenBaggage Of(Activity root, bool isSampled, PropagationSettings settings)
    {
        if (root.GetCustomProperty(Property) is FrozenBaggage frozen)
        {
            return frozen;
        }

        // Calls made in parallel must not freeze two.
        lock (Freezing)
        {
            if (root.GetCustomProperty(Property) is not FrozenBaggage first)
            {
                first = Freeze(root, isSampled, settings);
                root.SetCustomProperty(Property, first);
            }

            return first;
        }
    }

    private static FrozenBaggage Freeze(Activity root, bool isSampled, PropagationSettings settings)
    {
        // A trace that began elsewhere keeps what came with it, be it nothing.
        if (root.ParentSpanId == default)
        {
            foreach (var (key, value) in SamplingContext.Of(TraceHead.Of(root, isSampled), settings).Reverse())
            {
                root.AddBaggage(key, value);
            }
        }

        var members = root.Baggage
            .Where(static member => BaggageHeader.IsSentrys(member.Key))
            .Select(static member => BaggageHeader.Member(member.Key, member.Value))
            .ToArray();
        return new FrozenBaggage(members.Length == 0 ? null : string.Join(',', members));
    }
}
