using System.Diagnostics;

namespace LlmTracing.Streaming.Flow;

/// <summary>What was current before a span that was put under a given parent, and so not under what was current.</summary>
internal static class SpanBefore
{
    private const string Property = "LlmTracing.Before";

    public static void Remember(Activity span, Activity? before) => span.SetCustomProperty(Property, before);

    /// <summary>Gives what is current again where <paramref name="span"/> was, and has ended elsewhere.</summary>
    public static Activity? NearestOpen(Activity? span)
    {
        while (span is { IsStopped: true })
        {
            span = span.GetCustomProperty(Property) as Activity ?? span.Parent;
        }

        return span;
    }
}
