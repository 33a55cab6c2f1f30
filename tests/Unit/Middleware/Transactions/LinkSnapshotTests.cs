using System.Diagnostics;
using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Tests.Unit.Middleware.Transactions;

public sealed class LinkSnapshotTests
{
    [Fact]
    public void Of_Links_AreCopiedWithWhatTheySay()
    {
        using var span = new Activity("span");
        var (sampled, other) = (ContextOf(ActivityTraceFlags.Recorded), ContextOf(ActivityTraceFlags.None));
        span.AddLink(new ActivityLink(sampled));
        span.AddLink(new ActivityLink(other, new ActivityTagsCollection { ["kind"] = "batch" }));

        var links = LinkSnapshot.Of(span);
        span.AddLink(new ActivityLink(sampled));

        Assert.Equal(
            [(sampled.TraceId, sampled.SpanId, true), (other.TraceId, other.SpanId, false)],
            links.Select(static link => (link.TraceId, link.SpanId, link.IsSampled)));
        Assert.Empty(links[0].Attributes);
        Assert.Equal([new("kind", "batch")], links[1].Attributes);
    }

    [Fact]
    public void Of_LinkToNothing_IsLeftOut()
    {
        using var span = new Activity("span");
        span.AddLink(new ActivityLink(default));

        Assert.Empty(LinkSnapshot.Of(span));
    }

    [Fact]
    public void Of_MoreThanAllowed_FirstAreKept()
    {
        using var span = new Activity("span");
        var contexts = Enumerable.Range(0, 129).Select(static _ => ContextOf(ActivityTraceFlags.None)).ToList();
        contexts.ForEach(context => span.AddLink(new ActivityLink(context)));

        Assert.Equal(
            contexts.Take(128).Select(static context => context.SpanId),
            LinkSnapshot.Of(span).Select(static link => link.SpanId));
    }

    private static ActivityContext ContextOf(ActivityTraceFlags flags) =>
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags);
}
