using System.Diagnostics;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Finds for spans that are sent their nearest ancestor that is sent too.</summary>
internal sealed class KeptParents
{
    private readonly FinishedSpan _root;
    private readonly Dictionary<ActivitySpanId, ActivitySpanId?> _parentsOfDropped = [];

    public KeptParents(FinishedSpan root, IEnumerable<FinishedSpan> kept, IEnumerable<FinishedSpan> dropped)
    {
        _root = root;
        foreach (var span in dropped)
        {
            _parentsOfDropped[span.SpanId] = span.ParentSpanId;
        }

        // An id that an app has given twice is there as long as one of the two is.
        foreach (var span in kept.Append(root))
        {
            _parentsOfDropped.Remove(span.SpanId);
        }
    }

    public IReadOnlyList<FinishedSpan> Of(IEnumerable<FinishedSpan> kept) =>
        [.. kept.Select(span => span with { ParentSpanId = Of(span) })];

    private ActivitySpanId? Of(FinishedSpan span)
    {
        var parent = span.ParentSpanId;
        for (var steps = 0; parent is { } id && _parentsOfDropped.TryGetValue(id, out var above); steps++)
        {
            // No way is longer than there are spans: this one goes round in a circle, which had no top.
            if (steps > _parentsOfDropped.Count)
            {
                return _root.SpanId;
            }

            parent = above;
        }

        return parent;
    }
}
