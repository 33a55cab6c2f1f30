using LlmTracing.Streaming.Flow;
using Microsoft.AspNetCore.Http.Features;

namespace LlmTracing.Streaming.Sse;

/// <summary>Looks at the clock for one response: its timeouts and its heartbeat, with one timer.</summary>
/// <remarks>
/// The flow pays nothing for it but timestamps: when the timer is due, it asks since when what is waited for, and is set
/// to the next moment at which something can be due.
/// </remarks>
internal sealed class SseWatch : IAsyncDisposable
{
    // What a client may keep a stopping server waiting for, which has several to say goodbye to.
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(1);

    // A timer may be due a little before the clock says so: never again at once.
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(1);

    // Longer than any limit may be, and short enough for a timer.
    private static readonly TimeSpan Never = TimeSpan.FromDays(2);

    private readonly IHttpRequestLifetimeFeature? _connection;
    private readonly SseSettings _settings;
    private readonly StreamTrace _trace;
    private readonly SseOutput _output;
    private readonly StreamStop _stop;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private long? _hurriesSince;

    public SseWatch(
        IHttpRequestLifetimeFeature? connection,
        SseSettings settings,
        StreamTrace trace,
        SseOutput output,
        StreamStop stop,
        TimeProvider time)
    {
        (_connection, _settings, _trace, _output, _stop, _time) = (connection, settings, trace, output, stop, time);
        _startedAt = time.GetTimestamp();
        _timer = time.CreateTimer(
            static watch => ((SseWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Look();
    }

    /// <summary>Ends the watch: when it completes, nothing of it runs any more.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    /// <summary>Leaves the client no more than a moment from now to take what is written.</summary>
    public void Hurry()
    {
        lock (_lock)
        {
            _hurriesSince ??= _time.GetTimestamp();
        }

        Look();
    }

    private void Look()
    {
        lock (_lock)
        {
            var next = UntilWriteTimeout();
            if (_trace is { Outcome: null, RanToEnd: false })
            {
                next = Earliest(next, UntilPullTimeout(), UntilMaxDuration(), UntilHeartbeat());
            }

            _timer.Change(next > ShortestLook ? next : ShortestLook, Timeout.InfiniteTimeSpan);
        }
    }

    // After the outcome too: the last event may find a client that reads nothing.
    private TimeSpan UntilWriteTimeout()
    {
        var waited = _trace.Writing!.PendingFor;
        var left = Left(_settings.WriteTimeout, waited);
        if (_hurriesSince is { } since)
        {
            // Of what was being waited for before, only what is waited from then on counts.
            left = Earliest(left, LongestFarewell - Earliest(waited ?? TimeSpan.Zero, _time.GetElapsedTime(since)));
        }

        if (left > TimeSpan.Zero)
        {
            return left;
        }

        _stop.End(StreamOutcome.WriteTimedOut);
        _connection?.Abort();
        return Never;
    }

    private TimeSpan UntilPullTimeout()
    {
        var pendingFor = _trace.Pace.PendingFor;
        if (_trace.Pace.Chunks > 0)
        {
            return UntilTimeout(_settings.StallTimeout, pendingFor, nameof(TracedSseOptions.StallTimeout));
        }

        // The first chunk may come right now, and nobody looks when it does: the wait for the second is counted from here.
        return Earliest(
            UntilTimeout(_settings.FirstChunkTimeout, pendingFor, nameof(TracedSseOptions.FirstChunkTimeout)),
            Left(_settings.StallTimeout, null));
    }

    private TimeSpan UntilMaxDuration() => UntilTimeout(
        _settings.MaxDuration, _time.GetElapsedTime(_startedAt), nameof(TracedSseOptions.MaxDuration));

    private TimeSpan UntilTimeout(TimeSpan limit, TimeSpan? waited, string option)
    {
        var left = Left(limit, waited);
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        _stop.End(StreamOutcome.UpstreamTimedOut, new TimeoutException($"The provider took longer than {option} allows: {limit}."));
        return Never;
    }

    private TimeSpan UntilHeartbeat()
    {
        var left = Left(_settings.Heartbeat, _output.IsOpen ? _output.SilentFor : null);
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        _ = _output.BeatAsync();
        return _settings.Heartbeat;
    }

    private static TimeSpan Left(TimeSpan limit, TimeSpan? elapsed) =>
        limit == Timeout.InfiniteTimeSpan ? Never : limit - (elapsed ?? TimeSpan.Zero);

    private static TimeSpan Earliest(params ReadOnlySpan<TimeSpan> times)
    {
        var earliest = Never;
        foreach (var time in times)
        {
            earliest = time < earliest ? time : earliest;
        }

        return earliest;
    }
}
