using System.Diagnostics;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Remembers what baggage a request came with: it is the app's to read, and nobody's to pass on.</summary>
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

    public static bool Has(Activity root, KeyValuePair<string, string?> member) =>
        root.GetCustomProperty(Property) is KeyValuePair<string, string?>[] incoming && incoming.AsSpan().Contains(member);

    public void Dispose() => _listener.Dispose();

    private static void Remember(Activity span)
    {
        if (span is { Parent: null, Kind: ActivityKind.Server } && span.Baggage.Any())
        {
            span.SetCustomProperty(Property, span.Baggage.ToArray());
        }
    }
}
