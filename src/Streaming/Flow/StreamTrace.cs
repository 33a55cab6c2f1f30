using System.Diagnostics;
using LlmTracing.Streaming.Accounts;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming.Flow;

/// <summary>One stream as it is traced: its span, what its chunks told, and how it ended.</summary>
/// <remarks>
/// It goes on without a span where nobody listens: whoever writes the answer still wants its outcome and usage.
/// </remarks>
internal sealed class StreamTrace(LlmCall call, SpanParent madeUnder, in StreamHost host, TimeProvider time)
{
    private readonly StreamHost _host = host;
    private readonly StreamVerdict _verdict = new();
    private ChunkReading _reading = new() { Dialect = call.Dialect };
    private int _ended;
    private StreamFollower? _follower;
    private bool _wasStarted;
    private bool _isCounted;
    private bool _hasWarned;
    private int _notedToolCalls;
    private volatile bool _ranToEnd;

    /// <summary>Gets the span, once the stream was pulled.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>Gets when its chunks came.</summary>
    public StreamPace Pace { get; } = new(time);

    /// <summary>Gets what the chunks told; only the flow that pulls may write to it.</summary>
    public ref ChunkReading Reading => ref _reading;

    /// <inheritdoc cref="StreamHost.Loggers"/>
    public ILoggerFactory Loggers => _host.Loggers;

    /// <inheritdoc cref="StreamHost.Metrics"/>
    public StreamMetrics Metrics => _host.Metrics;

    /// <inheritdoc cref="StreamHost.Accounting"/>
    public UsageAccounting? Accounting => _host.Accounting;

    /// <summary>Gets what the stream used, while anyone wants to know.</summary>
    public StreamAccount? Account { get; private set; }

    /// <summary>Gets what was written to the client, where the stream is written to one.</summary>
    public StreamWriting? Writing { get; init; }

    /// <summary>Gets what tells the chunks apart, where they come in pieces.</summary>
    public IPieceReader? Pieces { get; init; }

    /// <summary>Gets how many chunks the provider sent.</summary>
    public long Chunks => Pieces?.Chunks ?? Pace.Chunks;

    /// <summary>Gets a value indicating whether it goes on when its client leaves.</summary>
    public bool DrainsWhenClientLeaves { get; init; }

    /// <summary>Gets a value indicating whether it is, or was, read for its usage alone, its client having left.</summary>
    public bool IsDrained => DrainsWhenClientLeaves && Outcome == StreamOutcome.ClientDisconnected;

    /// <summary>Gets a value indicating whether the source's last chunk has come.</summary>
    public bool RanToEnd => _ranToEnd;

    /// <summary>Gets a value indicating whether it was pulled and has not ended.</summary>
    public bool IsRunning => _wasStarted && Volatile.Read(ref _ended) == 0;

    /// <inheritdoc cref="StreamVerdict.Outcome"/>
    public StreamOutcome? Outcome => _verdict.Outcome;

    /// <inheritdoc cref="StreamVerdict.Failure"/>
    public Exception? Failure => _verdict.Failure;

    /// <summary>Starts the span and gives the context to run the source in.</summary>
    public FlowContext Start()
    {
        _wasStarted = true;
        (Activity, var context) = StreamSpan.Start(call, madeUnder, Loggers);
        Observe(static trace => trace.BeginFollower());
        Observe(static trace => trace._isCounted = trace.Metrics.OnStarted());

        // After the span, so that no time measured from here is longer than the span itself.
        Pace.Start();
        Observe(static trace => trace.OpenAccount());
        Observe(static trace => trace.OpenContent());
        return context;
    }

    /// <inheritdoc cref="StreamVerdict.Decide"/>
    public bool Decide(StreamOutcome outcome, Exception? cause = null) => _verdict.Decide(outcome, cause);

    /// <summary>Settles that the stream ended because something threw; its span ends with its source.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="consumersToken">The token that the consumer gave the source.</param>
    /// <returns>Whether this was the first to say.</returns>
    public bool DecideFailed(Exception exception, CancellationToken consumersToken) =>
        Decide(UpstreamFailure.OutcomeOf(exception, _host.ClientLeft, consumersToken), exception);

    /// <summary>Ends the span after the source threw.</summary>
    /// <inheritdoc cref="DecideFailed"/>
    public void Fail(Exception exception, CancellationToken consumersToken)
    {
        DecideFailed(exception, consumersToken);
        End();
    }

    /// <summary>Notes what was pulled, before it is read, as only the flow that pulls may.</summary>
    public void OnPulled()
    {
        // Whether a piece is a chunk, only reading it tells.
        if (Pieces is null)
        {
            Pace.OnChunk();
        }
    }

    /// <summary>Notes what was pulled and read, as only the flow that pulls may.</summary>
    public void OnChunk()
    {
        var isChunk = Pieces is null || Pace.OnPiece(Pieces.Chunks);
        if (_reading.IsMalformed && !_hasWarned)
        {
            _hasWarned = true;
            Log.ChunkNotUnderstood(Log.For(Loggers), _reading.Dialect);
        }

        _follower?.OnChunk(Chunks, _reading);
        if (HasNewToolCalls)
        {
            NoteToolCalls();
        }

        if (isChunk && Account is { MeasuresChunks: true } account)
        {
            account.OnChunk(this);
        }
    }

    /// <summary>Notes that the next chunk must be waited for, as only the flow that pulls may.</summary>
    public void OnWait()
    {
        Pace.BeginWait();
        _follower?.OnWait(Chunks, _reading);
    }

    /// <summary>Notes that the source's last chunk has come.</summary>
    public void EndOfSource()
    {
        _verdict.NoteAllRead();
        _ranToEnd = true;
        Pieces?.Finish(ref _reading);
        if (HasNewToolCalls)
        {
            NoteToolCalls();
        }

        if (_reading.Error is { } error)
        {
            // Though nothing threw, this is not the answer that was asked for.
            Decide(StreamOutcome.UpstreamFailed, error);
        }

        // An answer that is written to a client is complete only when the client has it: whoever writes says so.
        if (Writing is null || Outcome is not null)
        {
            Complete();
        }
    }

    /// <summary>Ends the span of a stream that was read, and where there is a client written, to its end.</summary>
    public void Complete()
    {
        Decide(StreamOutcome.Completed);
        End();
    }

    /// <summary>Ends the span because the consumer did not read on, unless it has ended.</summary>
    public void BreakOff()
    {
        Decide(_host.ClientLeft.IsCancellationRequested ? StreamOutcome.ClientDisconnected : StreamOutcome.Abandoned);
        End();
    }

    private bool HasNewToolCalls => _reading.ToolCallIdCount > _notedToolCalls;

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        Observe(static trace => trace.Metrics.OnEnded(trace.Outcome!.Value, trace._isCounted));
        Observe(static trace => trace.Account?.Close(trace));
        if (Activity is not null)
        {
            Observe(static trace => Isolated.Run(trace, static ended => ended.StopSpan()));
        }
    }

    // As soon as they are known: a tool may run while the stream still flows.
    private void NoteToolCalls()
    {
        if (Activity is { IsAllDataRequested: true })
        {
            Observe(static trace => ToolCallOrigins.Note(trace.Activity!, trace._reading.ToolCallIds, trace._notedToolCalls));
        }

        _notedToolCalls = _reading.ToolCallIdCount;
    }

    private void OpenAccount() => Account = StreamAccount.Open(this, call, time);

    private void OpenContent() => Reading.Content = AnswerContent.Open(Activity, call);

    private void BeginFollower() => _follower = StreamFollower.Begin(Activity, time, Loggers);

    // What listens may fail, and must not take the stream with it.
    private void Observe(Action<StreamTrace> observe)
    {
        try
        {
            observe(this);
        }
        catch (Exception exception)
        {
            Log.TracingFailed(Log.For(Loggers), exception);
        }
    }

    private bool StopSpan()
    {
        try
        {
            StreamAttributes.Set(Activity!, call, this);
        }
        finally
        {
            // Whatever could not be said of it, such as an exception that fails to describe itself.
            Activity!.Stop();
        }

        return true;
    }
}
