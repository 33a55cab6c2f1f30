namespace LlmTracing.Benchmarks.Load;

/// <summary>What writes the stream.</summary>
internal enum Variant
{
    /// <summary>A loop of one's own over the response's pipe.</summary>
    Bare,

    /// <summary>ASP.NET Core's <c>TypedResults.ServerSentEvents</c>, untraced: what the ratios are to.</summary>
    Typed,

    /// <summary><c>Results.TracedSse</c>, collected and handed to nobody.</summary>
    Ours,

    /// <summary><c>Results.TracedSse</c>, every request sampled and sent to an ingest on loopback.</summary>
    Sampled,

    /// <summary>The bare loop, and a bare post of an envelope's size for each response, which it does not wait for.</summary>
    Floor,
}
