using System.Diagnostics;
using Sentry.Extensibility;

namespace LlmTracing.SentrySdk.Errors;

/// <summary>Puts what the SDK captures beneath the span that it is of, and leaves out what is no error: that a client left.</summary>
internal sealed class TraceOfEvents(FailedSpans failed, ClientDisconnects disconnects) : ISentryEventProcessor
{
    public SentryEvent? Process(SentryEvent @event)
    {
        if (disconnects.HaveCaused(@event))
        {
            return null;
        }

        var current = Activity.Current;
        if ((failed.Of(@event.Exception, current) ?? NearestOpen(current)) is { IdFormat: ActivityIdFormat.W3C } span)
        {
            var trace = @event.Contexts.Trace;
            trace.TraceId = SentryId.Parse(span.TraceId.ToHexString());
            trace.SpanId = new SpanId(span.SpanId.ToHexString());
            trace.ParentSpanId = span.ParentSpanId == default ? null : new SpanId(span.ParentSpanId.ToHexString());
        }

        return @event;
    }

    // Of work that has outlived its request all have ended, and it is still of that one.
    private static Activity? NearestOpen(Activity? span)
    {
        while (span is { IsStopped: true, Parent: not null })
        {
            span = span.Parent;
        }

        return span;
    }
}
