using System.Diagnostics;

namespace LlmTracing.Streaming.Flow;

/// <summary>Knows which of the spans beneath one local root has asked for which tool call.</summary>
/// <remarks>
/// Kept with the root, so that an id which two requests have is never taken for one, and made only when there is a first
/// call to remember.
/// </remarks>
internal sealed class ToolCallOrigins
{
    private const string Property = "LlmTracing.ToolCallOrigins";

    // A root may live as long as its connection: the oldest go first.
    private const int MostCalls = 1000;

    private static readonly Lock Creation = new();

    private readonly Lock _lock = new();
    private readonly List<(string Id, Activity Asker)> _calls = [];
    private int _next;

    /// <summary>Remembers that a span has asked for calls.</summary>
    /// <param name="asker">The span.</param>
    /// <param name="ids">The ids of its calls. Those without one are passed over: nothing could name them.</param>
    /// <param name="known">How many of them are remembered already.</param>
    public static void Note(Activity asker, IReadOnlyList<string> ids, int known)
    {
        for (var i = known; i < ids.Count; i++)
        {
            OfRoot(RootOf(asker)).Add(ids[i], asker);
        }
    }

    /// <summary>Finds the span that has asked for a call.</summary>
    /// <param name="tool">The span of the tool's run, which has a parent, or asked for nothing.</param>
    /// <param name="id">The model's id of the call.</param>
    /// <returns>Null where nobody is known to have asked.</returns>
    public static Activity? Find(Activity tool, string? id) =>
        string.IsNullOrEmpty(id) || tool.Parent is not { } parent ? null : Of(RootOf(parent))?.NearestTo(parent, id);

    private static ToolCallOrigins? Of(Activity root) => root.GetCustomProperty(Property) as ToolCallOrigins;

    private static ToolCallOrigins OfRoot(Activity root)
    {
        if (Of(root) is { } made)
        {
            return made;
        }

        // Parallel streams may each have the first call of their request.
        lock (Creation)
        {
            var origins = Of(root) ?? new ToolCallOrigins();
            root.SetCustomProperty(Property, origins);
            return origins;
        }
    }

    private static Activity RootOf(Activity span)
    {
        while (span.Parent is { } above)
        {
            span = above;
        }

        return span;
    }

    private void Add(string id, Activity asker)
    {
        lock (_lock)
        {
            if (_calls.Count < MostCalls)
            {
                _calls.Add((id, asker));
            }
            else
            {
                _calls[_next] = (id, asker);
            }

            _next = (_next + 1) % MostCalls;
        }
    }

    // Some servers count ids anew in each answer. Of agents that run side by side each means its own; of answers that
    // follow one another, the last is meant.
    private Activity? NearestTo(Activity parent, string id)
    {
        Activity? nearest = null;
        var fewest = int.MaxValue;
        lock (_lock)
        {
            for (var age = 1; age <= _calls.Count && fewest > 0; age++)
            {
                var (known, asker) = _calls[(_next - age + MostCalls) % MostCalls];
                if (known == id && StepsToCommonAncestor(parent, asker) is var steps && steps < fewest)
                {
                    (nearest, fewest) = (asker, steps);
                }
            }
        }

        return nearest;
    }

    private static int StepsToCommonAncestor(Activity parent, Activity asker)
    {
        var steps = 0;
        for (var above = parent; above is not null && !SpanParent.IsBeneath(asker, above); above = above.Parent)
        {
            steps++;
        }

        return steps;
    }
}
