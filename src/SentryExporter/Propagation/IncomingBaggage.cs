using System.Diagnostics;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Tells what baggage a request came with, which is the app's to read and nobody's to pass on, from the app's own.</summary>
internal sealed class IncomingBaggage : IDisposable
{
    private const string Property = "LlmTracing.IncomingBaggage";

    private readonly ActivityListener _listener = new()
    {
        // Whoever makes the span of a request: the server, or LlmTracing where it made none.
        ShouldListenTo = static source => source.Name is "Microsoft.AspNetCore" or LlmTrace.SourceName,

        // A request's baggage is added before its span starts, the app's own only later.
        ActivityStarted = static span => Remember(span),
    };

    public IncomingBaggage() => ActivitySource.AddActivityListener(_listener);

    /// <summary>Gives what the app has added to the baggage of a span or of those above it, or null where it has nothing.</summary>
    /// <param name="span">The span.</param>
    /// <param name="root">The topmost span above it in this service.</param>
    public static List<KeyValuePair<string, string?>>? AppsOwn(Activity span, Activity root)
    {
        var incoming = root.GetCustomProperty(Property) as string[] ?? [];

        // What came in is at the end of the root's, and so of all: whatever is added comes before what is there already.
        var index = incoming.Length == 0 ? 0 : incoming.Length - span.Baggage.Count();
        List<KeyValuePair<string, string?>>? own = null;
        foreach (var member in span.Baggage)
        {
            if (!IsAmong(incoming, index++, member.Key) && !BaggageHeader.IsSentrys(member.Key))
            {
                (own ??= []).Add(member);
            }
        }

        return own;
    }

    public void Dispose() => _listener.Dispose();

    private static void Remember(Activity span)
    {
        if (span is not { Parent: null, Kind: ActivityKind.Server } || !span.Baggage.Any())
        {
            return;
        }

        var members = span.Baggage.ToArray();
        var sentrys = Array.FindAll(members, static member => BaggageHeader.IsSentrys(member.Key));
        if (sentrys.Length > 0)
        {
            FrozenBaggage.Freeze(span, sentrys);
            Array.ForEach(sentrys, member => span.SetBaggage(member.Key, null));
        }

        span.SetCustomProperty(Property, span.Baggage.Select(static member => member.Key).ToArray());
    }

    // Keys are told apart as objects: a member that the app has set anew has a key of the app's. Nothing is after its own
    // place, only before it, where the app has removed others.
    private static bool IsAmong(string[] incoming, int index, string key)
    {
        for (index = Math.Min(index, incoming.Length - 1); index >= 0; index--)
        {
            if (ReferenceEquals(incoming[index], key))
            {
                return true;
            }
        }

        return false;
    }
}
