using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LlmTracing.Streaming.Flow;

/// <summary>Calls a source's members in a context of its own, in which the span of the stream is current.</summary>
internal sealed class FlowingSource<T>(
    IAsyncEnumerable<T> stream, StreamTrace trace, CancellationToken token) : IAsyncDisposable
{
    private IAsyncEnumerator<T>? _enumerator;
    private FlowContext _context;
    private bool _isIterator;
    private ValueTask<bool> _pull;
    private ValueTask _disposal;

    public T Current => _enumerator!.Current;

    public CancellationToken Token => token;

    public ValueTask<bool> MoveNextAsync()
    {
        if (_enumerator is null && !_context.HasValue)
        {
            _context = trace.Start();
        }

        if (!_context.HasValue)
        {
            return Pull();
        }

        if (ExecutionContext.Capture() is not { } callers)
        {
            // Its flow is suppressed, which only Run can restore.
            InContext(static self => ((FlowingSource<T>)self!).KeepPull());
            return _pull;
        }

        // By hand what Run does, which needs a delegate. A SynchronizationContext that the source sets is left as it would be
        // without us.
        _context.Enter();
        try
        {
            return Pull();
        }
        finally
        {
            ExecutionContext.Restore(callers);
        }
    }

    /// <summary>Keeps what the source has set in its context; to be called where a pull completes, in its callback.</summary>
    public void KeepContext()
    {
        // A compiler-made iterator completes its pull inline and in its own context: its child spans and AsyncLocals
        // go on from here. Another source's callback may run in a stranger's: that one keeps the context it began with.
        if (_isIterator && _context.HasValue)
        {
            _context.Recapture();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_enumerator is null)
        {
            return;
        }

        try
        {
            InContext(static self => ((FlowingSource<T>)self!).StartDisposal());
            await _disposal.ConfigureAwait(false);
            trace.BreakOff();
        }
        catch (Exception exception)
        {
            trace.Fail(exception, token);
            throw;
        }
        finally
        {
            // A context holds on to everything that its request has set.
            _context = default;
        }
    }

    private void InContext(ContextCallback call)
    {
        if (_context.HasValue)
        {
            _context.Run(call, this);
        }
        else
        {
            call(this);
        }
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "A context callback cannot return it; it is read once.")]
    private void KeepPull() => _pull = Pull();

    private ValueTask<bool> Pull()
    {
        if (_enumerator is null)
        {
            _enumerator = stream.GetAsyncEnumerator(token);
            _isIterator = _enumerator is IAsyncStateMachine;
        }

        return _enumerator.MoveNextAsync();
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "A context callback cannot return it; it is read once.")]
    private void StartDisposal() => _disposal = _enumerator!.DisposeAsync();
}
