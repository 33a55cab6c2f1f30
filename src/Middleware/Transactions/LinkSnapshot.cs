using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Copies the links of a span to others.</summary>
internal static class LinkSnapshot
{
    // OpenTelemetry's default: https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits
    private const int MostLinks = 128;

    public static IReadOnlyList<FinishedLink> Of(Activity span)
    {
        List<FinishedLink>? links = null;
        foreach (ref readonly var link in span.EnumerateLinks())
        {
            if (links?.Count == MostLinks)
            {
                break;
            }

            if (link.Context.SpanId != default)
            {
                (links ??= []).Add(Of(link));
            }
        }

        return links ?? (IReadOnlyList<FinishedLink>)[];
    }

    private static FinishedLink Of(in ActivityLink link) => new(link.Context.TraceId, link.Context.SpanId)
    {
        IsSampled = link.Context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded),
        Attributes = link.Tags is null ? [] : [.. link.Tags],
    };
}
