using System.Diagnostics.CodeAnalysis;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Sse;

/// <summary>Ends a stream from outside its flow, and gives up on a source that does not answer to it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A token source without timer or parent has nothing to dispose.")]
internal sealed class StreamStop(StreamTrace trace, SseSettings settings, TimeProvider time)
{
    // Never disposed: a source given up on may still look at its token.
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private Task? _cancellation;
    private volatile ITimer? _giveUpTimer;

    /// <summary>Gets the token of the source.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Gets the task that completes when someone outside the flow has settled why the stream ends.</summary>
    public Task Decided => _decided.Task;

    /// <summary>Gets or sets what gives up on the source.</summary>
    public Action GiveUp { get; set; } = static () => { };

    /// <summary>Settles why the stream ends, and only then cancels its source, unless it has ended otherwise.</summary>
    public void End(StreamOutcome outcome, Exception? cause = null)
    {
        // First the reason: else the source's exception would be taken for the reason.
        if (trace.Decide(outcome, cause))
        {
            _decided.TrySetResult();
            Cancel();
        }
    }

    /// <summary>Ends the stream because its client has left, or lets it go on for its usage alone.</summary>
    public void ClientLeft()
    {
        if (!settings.Drains)
        {
            End(StreamOutcome.ClientDisconnected);
        }
        else if (trace.Decide(StreamOutcome.ClientDisconnected))
        {
            _decided.TrySetResult();
        }
    }

    /// <summary>Ends the stream because the host stops; one that goes on without its client, too.</summary>
    public void HostStops()
    {
        End(StreamOutcome.ServerStopping);
        if (trace.IsDrained)
        {
            Cancel();
        }
    }

    /// <summary>Cancels the source, for a reason that is settled.</summary>
    public void Cancel() => _ = CancelAsync();

    /// <summary>Cancels the source, and completes when all that listens to its token has been told.</summary>
    public Task CancelAsync()
    {
        lock (_lock)
        {
            return _cancellation ??= TellAsync();
        }
    }

    /// <summary>Cancels the source when a stream without its client has gone on for long enough.</summary>
    /// <returns>The limit, to be disposed when the source has ended.</returns>
    public ITimer LimitDrain() => time.CreateTimer(
        static stop => ((StreamStop)stop!).Cancel(), this, settings.DrainLimit.Time, Timeout.InfiniteTimeSpan);

    /// <summary>Stops its timer, once the source is put away.</summary>
    public void Release() => _giveUpTimer?.Dispose();

    private async Task TellAsync()
    {
        _giveUpTimer = time.CreateTimer(
            static stop => ((StreamStop)stop!).GiveUp(), this, settings.CancellationTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            // Not on this thread: what the app does when it is told may take long, and others are to be told too.
            await _source.CancelAsync();
        }
        catch (AggregateException exception)
        {
            Log.CancellationCallbackFailed(Log.For(trace.Loggers), exception);
        }
    }
}
