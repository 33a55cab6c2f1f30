using System.Diagnostics;

namespace LlmTracing;

/// <summary>One request, or one other local root, with every span beneath it. It does not change any more.</summary>
/// <param name="TraceId">The trace, which may hold transactions of other services too.</param>
/// <param name="Root">The span of the request itself.</param>
/// <param name="Spans">All spans beneath the root, by their start.</param>
public sealed record FinishedTransaction(
    ActivityTraceId TraceId, FinishedSpan Root, IReadOnlyList<FinishedSpan> Spans)
{
    /// <summary>
    /// The custom property of the topmost span under which a propagator keeps the baggage that it has fixed for the trace:
    /// an <c>IReadOnlyList&lt;KeyValuePair&lt;string, string?&gt;&gt;</c>.
    /// </summary>
    public const string TraceBaggageProperty = "LlmTracing.TraceBaggage";

    /// <summary>Gets how the streamed response ended.</summary>
    /// <value>Null where the request streamed none.</value>
    public StreamOutcome? Outcome => Root.Outcome;

    /// <summary>Gets the baggage that the root had: what came with its request, and what the app has added.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Baggage { get; init; } = [];

    /// <summary>Gets the baggage that a propagator has fixed for the trace, so that all its services say the same.</summary>
    /// <value>Empty where there is no such propagator, or it has not fixed any yet.</value>
    public IReadOnlyList<KeyValuePair<string, string?>> TraceBaggage { get; init; } = [];

    /// <summary>
    /// Gets what <see cref="LlmTracingOptions.ResourceAttributes"/> said in the process that it is of, which may have died before
    /// this one began.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Resource { get; init; } = [];

    /// <summary>
    /// Gets a value indicating whether it is a request of this host that went through <c>app.UseLlmTracing()</c>.
    /// </summary>
    /// <value>False for what began elsewhere: in a background service, a hub's method, after its request had gone.</value>
    public bool IsRequest { get; init; }

    /// <summary>Gets the share of the traces like this one that are recorded, if it began here.</summary>
    /// <value>0 to 1; null where it is not known.</value>
    public double? SampleRate { get; init; }

    /// <summary>Gets how many spans were left out because the transaction had too many.</summary>
    public int DroppedSpans { get; init; }
}
