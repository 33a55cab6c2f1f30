using System.Diagnostics;

namespace LlmTracing.Streaming.Accounts;

/// <summary>Keeps with a span whose prices and estimates are its own, for calls outside of any request.</summary>
internal static class SpanAccounting
{
    private const string Property = "LlmTracing.Accounting";

    // Of several hosts in one process, the first that listens.
    public static void Use(Activity span, UsageAccounting accounting)
    {
        if (Of(span) is null)
        {
            span.SetCustomProperty(Property, accounting);
        }
    }

    public static UsageAccounting? Of(Activity? span) => span?.GetCustomProperty(Property) as UsageAccounting;
}
