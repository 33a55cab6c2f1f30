using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming.Flow;

/// <summary>One stream as it is traced: its span, what its chunks told, and how it ended.</summary>
/// <remarks>
/// It goes on without a span where nobody listens: whoever writes the answer still wants its outcome and usage.
/// </remarks>
internal sealed class StreamTrace(LlmCall call, SpanParent madeUnder)
{
    private const int Undecided = -1;

    private ChunkReading _reading;
    private int _outcome = Undecided;
    private Exception? _failure;
    private int _ended;
    private long _startedAt;
    private TimeSpan _timeToFirstChunk;
    private TimeSpan _longestGap;

    /// <summary>Gets the span, once the stream was pulled.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>Gets what the chunks told; only the flow that pulls may write to it.</summary>
    public ref ChunkReading Reading => ref _reading;

    /// <summary>Gets what is cancelled when the client of the response leaves.</summary>
    public CancellationToken ClientLeft { get; init; } = CurrentRequest.ClientLeft;

    /// <summary>Gets the loggers of the host, which outlive the request, as a stream can that was given up on.</summary>
    public ILoggerFactory Loggers { get; init; } = CurrentRequest.Loggers;

    /// <summary>Gets how many chunks came.</summary>
    public long Chunks { get; private set; }

    /// <summary>Gets or sets the time spent waiting for the client, where the stream is written to one.</summary>
    public TimeSpan? WriteWait { get; set; }

    /// <summary>Gets how the stream ended, or null before it has.</summary>
    public StreamOutcome? Outcome => Volatile.Read(ref _outcome) is var outcome and not Undecided
        ? (StreamOutcome)outcome
        : null;

    /// <summary>Gets what the stream failed with, where its outcome is a failure.</summary>
    public Exception? Failure => Outcome is StreamOutcome.UpstreamFailed or StreamOutcome.UpstreamTimedOut
        ? Volatile.Read(ref _failure)
        : null;

    /// <summary>Starts the span and gives the context to run the source in.</summary>
    public FlowContext Start()
    {
        var context = StartSpan();

        // After the span, so that no time measured from here is longer than the span itself.
        _startedAt = Stopwatch.GetTimestamp();
        return context;
    }

    /// <summary>Notes how long the source let itself be waited for, whatever came of it.</summary>
    public void OnWaited(TimeSpan waited)
    {
        // Before the first chunk it is no gap: that wait has an attribute of its own.
        if (Chunks > 0 && waited > _longestGap)
        {
            _longestGap = waited;
        }
    }

    /// <summary>Counts a chunk.</summary>
    public void OnChunk()
    {
        if (++Chunks == 1)
        {
            _timeToFirstChunk = Stopwatch.GetElapsedTime(_startedAt);
        }
    }

    /// <summary>Settles how the stream ended. Whoever knows the cause says so before cancelling anything.</summary>
    /// <returns>Whether this was the first to say.</returns>
    public bool Decide(StreamOutcome outcome) =>
        Interlocked.CompareExchange(ref _outcome, (int)outcome, Undecided) == Undecided;

    /// <summary>Settles that the stream ended because something threw; its span ends with its source.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="consumersToken">The token that the consumer gave the source.</param>
    /// <returns>Whether this was the first to say.</returns>
    public bool DecideFailed(Exception exception, CancellationToken consumersToken)
    {
        Interlocked.CompareExchange(ref _failure, exception, null);
        return Decide(OutcomeOf(exception, consumersToken));
    }

    /// <summary>Ends the span after the source threw.</summary>
    /// <inheritdoc cref="DecideFailed"/>
    public void Fail(Exception exception, CancellationToken consumersToken)
    {
        DecideFailed(exception, consumersToken);
        End();
    }

    /// <summary>Ends the span after the source's last chunk.</summary>
    public void Complete()
    {
        Decide(StreamOutcome.Completed);
        End();
    }

    /// <summary>Ends the span because the consumer did not read on, unless it has ended.</summary>
    public void BreakOff()
    {
        Decide(ClientLeft.IsCancellationRequested ? StreamOutcome.ClientDisconnected : StreamOutcome.Abandoned);
        End();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0 || Activity is null)
        {
            return;
        }

        try
        {
            Isolated.Run(this, static trace => trace.Stop());
        }
        catch (Exception exception)
        {
            Log.TracingFailed(Log.For(Loggers), exception);
        }
    }

    private FlowContext StartSpan()
    {
        if (!LlmTrace.Source.HasListeners())
        {
            return default;
        }

        try
        {
            Activity = Isolated.Run((call, madeUnder), static made => StartSpan(made.call, made.madeUnder));
            return Activity is null ? default : FlowContext.With(Activity);
        }
        catch (Exception exception)
        {
            // Another listener's fault, or an attribute's that the app computes: the answer goes on without its span.
            Log.TracingFailed(Log.For(Loggers), exception);
            return default;
        }
    }

    private static Activity? StartSpan(LlmCall call, SpanParent madeUnder)
    {
        var span = madeUnder.AsOfNow(call.Parent).Start(LlmCallSpan.NameOf(call), LlmCallSpan.Kind);
        if (span is { IsAllDataRequested: true })
        {
            LlmCallSpan.SetAttributes(span, call);
            span.SetTag(GenAiAttributes.RequestStream, true);
        }

        return span;
    }

    private StreamOutcome OutcomeOf(Exception exception, CancellationToken consumersToken)
    {
        // The source can see a token cancelled before whoever cancelled it has said why: the client's own token tells.
        if (ClientLeft.IsCancellationRequested)
        {
            return StreamOutcome.ClientDisconnected;
        }

        if (consumersToken.IsCancellationRequested)
        {
            return StreamOutcome.Abandoned;
        }

        return UpstreamFailure.IsTimeout(exception) ? StreamOutcome.UpstreamTimedOut : StreamOutcome.UpstreamFailed;
    }

    private bool Stop()
    {
        if (Failure is { } failure)
        {
            Activity!.SetFailure(failure);
        }

        if (Activity!.IsAllDataRequested)
        {
            SetAttributes(Activity, Outcome!.Value);
        }

        Activity.Stop();
        return true;
    }

    private void SetAttributes(Activity span, StreamOutcome outcome)
    {
        var finishReason = _reading.FinishReason ?? (outcome == StreamOutcome.Completed ? null : "error");
        span.SetKnown(GenAiAttributes.ResponseModel, _reading.Model ?? call.Model);
        span.SetKnown(GenAiAttributes.ResponseId, _reading.ResponseId);
        span.SetKnown(GenAiAttributes.ResponseFinishReasons, finishReason is null ? null : new[] { finishReason });
        span.SetTag(LlmTracingAttributes.StreamOutcome, outcome.ToAttributeValue());
        span.SetTag(LlmTracingAttributes.StreamChunks, Chunks);
        if (Chunks > 0)
        {
            span.SetTag(GenAiAttributes.ResponseTimeToFirstChunk, _timeToFirstChunk.TotalSeconds);
        }

        if (Chunks > 1 || _longestGap > TimeSpan.Zero)
        {
            span.SetTag(LlmTracingAttributes.StreamLongestGap, _longestGap.TotalSeconds);
        }

        span.SetKnown(LlmTracingAttributes.StreamWriteWait, WriteWait?.TotalSeconds);
        if (!_reading.Usage.IsEmpty)
        {
            span.SetUsage(_reading.Usage);
            span.SetTag(LlmTracingAttributes.UsageSource, outcome == StreamOutcome.Completed ? "provider" : "partial");
        }
    }
}
