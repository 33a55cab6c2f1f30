using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using LlmTracing.Streaming.Readers;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>
/// Enumerates a source with its span current in the source's own flow, and never in the consumer's.
/// </summary>
/// <remarks>
/// Written by hand because an async iterator cannot do it: it would run the source in the consumer's context, and what
/// it sets there is undone at each yield. One consumer at a time; only <see cref="Detach"/> may come from elsewhere.
/// </remarks>
internal sealed class TracedEnumerator<T> : IAsyncEnumerator<T>, IValueTaskSource<bool>
{
    private readonly FlowingSource<T> _source;
    private readonly StreamTrace _trace;

    private IChunkReader<T>? _reader = ChunkReaders.For<T>();
    private Action? _onPullCompleted;
    private ManualResetValueTaskSourceCore<bool> _promise;
    private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _pull;
    private bool _isUnread;
    private int _state;
    private volatile bool _detachRequested;

    public TracedEnumerator(IAsyncEnumerable<T> stream, StreamTrace trace, CancellationToken cancellationToken)
    {
        _source = new FlowingSource<T>(stream, trace, cancellationToken);
        _trace = trace;
    }

    public T Current { get; private set; } = default!;

    public ValueTask<bool> MoveNextAsync()
    {
        if (_state != State.Idle)
        {
            ThrowNotIdle();
        }

        _state = State.Pulling;
        try
        {
            _trace.Pace.BeginPull();
            var pull = _source.MoveNextAsync();
            if (!pull.IsCompleted)
            {
                return Wait(pull);
            }

            var hasChunk = pull.GetAwaiter().GetResult();
            Settle(hasChunk);
            _state = State.Idle;
            return ValueTask.FromResult(hasChunk);
        }
        catch (Exception exception)
        {
            _trace.Fail(exception, _source.Token);
            _state = State.Idle;
            throw;
        }
    }

    /// <summary>
    /// Gives up on a pull that does not answer: the consumer's MoveNextAsync throws, the span ends, and the source is
    /// disposed when its own MoveNextAsync returns. Between two pulls it waits for the next that does not answer.
    /// </summary>
    public void Detach()
    {
        _detachRequested = true;
        if (Interlocked.CompareExchange(ref _state, State.Detached, State.Pending) == State.Pending)
        {
            Log.SourceGivenUpOn(Log.For(_trace.Loggers));
            _trace.Pace.EndWait();
            _trace.BreakOff();
            _promise.SetException(new OperationCanceledException("The stream was given up on while it was silent."));
        }
    }

    public ValueTask DisposeAsync()
    {
        // Disposing a source whose MoveNextAsync is still running would break it: that is done when it returns.
        Detach();
        var state = Interlocked.CompareExchange(ref _state, State.Detached, State.Settling);
        if (state is not State.Idle)
        {
            return ValueTask.CompletedTask;
        }

        _state = State.Disposed;
        return _source.DisposeAsync();
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _promise.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _promise.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _promise.OnCompleted(continuation, state, token, flags);

    [DoesNotReturn]
    private void ThrowNotIdle() => throw (_state is State.Disposed or State.Detached
        ? new ObjectDisposedException(nameof(IAsyncEnumerator<>), "The stream was disposed or given up on.")
        : new InvalidOperationException(
            "MoveNextAsync was called before its last call had completed. Await each call before the next."));

    private ValueTask<bool> Wait(ValueTask<bool> pull)
    {
        _promise.Reset();
        _trace.OnWait();
        _pull = pull.ConfigureAwait(false).GetAwaiter();
        var promised = new ValueTask<bool>(this, _promise.Version);
        Interlocked.Exchange(ref _state, State.Pending);
        if (_detachRequested)
        {
            Detach();
        }

        // Unsafe: the callback must run in the context in which the source completes, not in ours.
        _pull.UnsafeOnCompleted(_onPullCompleted ??= OnPullCompleted);
        return promised;
    }

    private void OnPullCompleted()
    {
        if (Interlocked.CompareExchange(ref _state, State.Settling, State.Pending) != State.Pending)
        {
            _ = DisposeDetachedAsync(isPullRead: false);
            return;
        }

        _source.KeepContext();
        _trace.Pace.EndWait();
        bool hasChunk;
        try
        {
            hasChunk = _pull.GetResult();
            Settle(hasChunk);
        }
        catch (Exception exception)
        {
            _trace.Fail(exception, _source.Token);
            EndSettling();
            _promise.SetException(exception);
            return;
        }

        EndSettling();
        _promise.SetResult(hasChunk);
    }

    private void EndSettling()
    {
        // Whoever disposed meanwhile has left the source to us.
        if (Interlocked.CompareExchange(ref _state, State.Idle, State.Settling) != State.Settling)
        {
            _ = DisposeDetachedAsync(isPullRead: true);
        }
    }

    private void Settle(bool hasChunk)
    {
        if (!hasChunk)
        {
            _trace.EndOfSource();
            return;
        }

        Current = _source.Current;
        _trace.OnPulled();
        if (_reader is not null)
        {
            Read(_reader, Current);
        }
        else if (!_isUnread)
        {
            // Once: to find what is kept for a type costs more than all else that is done for a chunk.
            _isUnread = true;
            if (ChunkReaders.IsFirstUnread<T>())
            {
                Log.NoChunkReader(Log.For(_trace.Loggers), typeof(T));
            }
        }

        _trace.OnChunk();
    }

    private void Read(IChunkReader<T> reader, T chunk)
    {
        try
        {
            reader.Read(chunk, ref _trace.Reading);
        }
        catch (Exception exception)
        {
            // What only reads for telemetry must not end the answer.
            _reader = null;
            Log.ChunkReaderFailed(Log.For(_trace.Loggers), exception, reader.GetType());
        }
    }

    private async Task DisposeDetachedAsync(bool isPullRead)
    {
        try
        {
            await using (_source.ConfigureAwait(false))
            {
                if (!isPullRead)
                {
                    _pull.GetResult();
                }
            }
        }
        catch (Exception exception)
        {
            // Its span has ended and nobody waits for it: most often its own cancellation, come late.
            Log.DetachedSourceFailed(Log.For(_trace.Loggers), exception);
        }
    }

    private static class State
    {
        public const int Idle = 0;

        // The source's code is on the stack: it cannot be given up on before it returns.
        public const int Pulling = 1;
        public const int Pending = 2;

        // The source has answered, and the consumer does not know yet.
        public const int Settling = 3;
        public const int Detached = 4;
        public const int Disposed = 5;
    }
}
