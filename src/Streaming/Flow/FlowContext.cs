using System.Diagnostics;

namespace LlmTracing.Streaming.Flow;

/// <summary>The execution context that a source runs in, from yield to yield, with a span current in it.</summary>
internal struct FlowContext
{
    private readonly Activity? _span;
    private ExecutionContext? _context;
    private Activity? _current;

    private FlowContext(ExecutionContext context, Activity span) =>
        (_context, _current, _span) = (context, span, span);

    /// <summary>Gets a value indicating whether there is a context to run in: a span was started.</summary>
    public readonly bool HasValue => _context is not null;

    /// <summary>Captures the calling thread's context with <paramref name="span"/> made current in it.</summary>
    public static FlowContext CaptureWith(Activity span) => new(ContextWith(span), span);

    /// <summary>Takes over the calling thread's context, with whatever the source has set in it.</summary>
    public void Recapture()
    {
        // Where the source completed before its callback was registered, the callback runs on a bare pool thread, in
        // which no span is current: the context from before is then the better one.
        if (ExecutionContext.Capture() is { } context && Activity.Current is { } current)
        {
            (_context, _current) = (context, current);
        }
    }

    /// <summary>Makes it the calling thread's context, until <see cref="ExecutionContext.Restore"/> is given that from before.</summary>
    public void Enter()
    {
        LeaveStopped();
        ExecutionContext.Restore(_context!);
    }

    /// <summary>Runs <paramref name="callback"/> in the context.</summary>
    public void Run(ContextCallback callback, object state)
    {
        LeaveStopped();
        ExecutionContext.Run(_context!, callback, state);
    }

    private void LeaveStopped()
    {
        // A child that was made with a context for its parent has no ancestors to look up.
        if (_current!.IsStopped && (SpanBefore.NearestOpen(_current) ?? SpanParent.NearestOpen(_span)) is { } open)
        {
            (_context, _current) = (Isolated.RunIn(_context!, open, ContextWith), open);
        }
    }

    private static ExecutionContext ContextWith(Activity span)
    {
        Activity.Current = span;
        return ExecutionContext.Capture()!;
    }
}
