using System.Diagnostics;

namespace LlmTracing;

/// <summary>The trace of the current request, in <c>HttpContext.Features</c> behind <c>app.UseLlmTracing()</c>.</summary>
public interface ILlmTraceFeature
{
    /// <summary>Gets the root span of the request.</summary>
    /// <value>It is there, but not recorded, where the request is filtered out or not sampled.</value>
    Activity? Transaction { get; }

    /// <summary>Gets the tokens of the calls that have ended so far.</summary>
    /// <value>
    /// The sum over the calls that made no further call beneath them. Empty for a request that is not recorded.
    /// </value>
    LlmUsage Totals { get; }

    /// <summary>Gets how many calls have ended so far, counted as <see cref="Totals"/> are.</summary>
    int LlmCalls { get; }
}
