using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Sentry.Extensibility;

namespace LlmTracing.SentrySdk.Errors;

/// <summary>Puts what the SDK captures beneath the span that it is of, and leaves out what is no error: that a client left.</summary>
internal sealed class TraceOfEvents(ThrownIn thrownIn, IHttpContextAccessor requests) : ISentryEventProcessor
{
    public SentryEvent? Process(SentryEvent @event)
    {
        if (IsOfClientThatLeft(@event.Exception))
        {
            return null;
        }

        if ((thrownIn.SpanOf(@event.Exception) ?? NearestOpen(Activity.Current)) is { IdFormat: ActivityIdFormat.W3C } span)
        {
            var trace = @event.Contexts.Trace;
            trace.TraceId = SentryId.Parse(span.TraceId.ToHexString());
            trace.SpanId = new SpanId(span.SpanId.ToHexString());
            trace.ParentSpanId = span.ParentSpanId == default ? null : new SpanId(span.ParentSpanId.ToHexString());
        }

        return @event;
    }

    private static Activity? NearestOpen(Activity? span)
    {
        while (span is { IsStopped: true })
        {
            span = span.Parent;
        }

        return span;
    }

    private bool IsOfClientThatLeft(Exception? exception) =>
        exception is OperationCanceledException or ConnectionAbortedException or ConnectionResetException
        && requests.HttpContext?.RequestAborted.IsCancellationRequested == true;
}
