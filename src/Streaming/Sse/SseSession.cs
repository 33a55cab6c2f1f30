using System.Diagnostics.CodeAnalysis;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Streaming.Sse;

/// <summary>One response: pulls the chunks and writes them, until the stream ends or is ended.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The chunks may outlive the request; who puts them away disposes them.")]
internal sealed class SseSession<T>
{
    private readonly HttpContext _context;
    private readonly SseSettings _settings;
    private readonly IChunkWire<T> _wire;
    private readonly TimeProvider _time;
    private readonly StreamTrace _trace;
    private readonly StreamStop _stop;
    private readonly TracedEnumerator<T> _chunks;
    private readonly SseOutput _output;

    public SseSession(
        HttpContext context,
        IAsyncEnumerable<T> stream,
        IChunkWire<T> wire,
        LlmCall call,
        SpanParent madeUnder,
        SseSettings settings)
    {
        var services = context.RequestServices;
        (_context, _settings, _wire) = (context, settings, wire);
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _trace = new StreamTrace(call, madeUnder, StreamHost.Of(services, context.RequestAborted), _time)
        {
            Writing = new StreamWriting(_time),
            DrainsWhenClientLeaves = settings.Drains,
            Pieces = stream as IPieceReader,
        };
        _stop = new StreamStop(_trace, settings, _time);
        _chunks = new TracedEnumerator<T>(stream, _trace, _stop.Token);
        _stop.GiveUp = _chunks.Detach;
        _output = new SseOutput(context, settings, wire, _trace, _stop, _time);
    }

    public async Task RunAsync()
    {
        // It would cut off an answer that is merely long, or whose first chunk is merely waited for.
        _context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();

        var connection = _context.Features.Get<IHttpRequestLifetimeFeature>();
        Task puttingAway;
        await using (var watch = new SseWatch(connection, _settings, _trace, _output, _stop, _time))
        await using (_context.RequestAborted.UnsafeRegister(static stop => ((StreamStop)stop!).ClientLeft(), _stop))
        {
            var hostStopping = new HostStopping(_context, Grace, _time, () =>
            {
                _stop.HostStops();
                watch.Hurry();
            });
            var pump = PumpAsync();

            // The last words first: how long the source takes to put itself away is not the client's to wait for.
            await Task.WhenAny(pump, _stop.Decided);
            await _output.TakeAsync();
            await _output.TryAsync(new SseEnding(_context, _settings, _wire, _trace, _output).TellAsync);
            _output.Release();
            puttingAway = PutAwayAsync(pump, hostStopping);
        }

        if (!_trace.IsDrained)
        {
            await puttingAway;
        }

        _output.Fault?.Throw();
    }

    // None for a stream without its client: the host does not wait for it as it does for a response.
    private TimeSpan Grace() => _trace.IsDrained ? TimeSpan.Zero : _settings.ShutdownGrace;

    /// <summary>Writes the chunks. It holds the response's gate but while it waits for a chunk, and not at its end.</summary>
    private async Task PumpAsync()
    {
        try
        {
            await WriteChunksAsync();
        }
        catch (Exception exception)
        {
            // Not rethrown: the trace has it, and the client is told at the end.
            _trace.DecideFailed(exception, _stop.Token);
        }

        _output.Release();
    }

    private async Task WriteChunksAsync()
    {
        if (!_settings.PeekFirstChunk)
        {
            // Before the first pull, however long that takes: the reader shall know that the stream is open.
            _output.Open();
            await _output.FlushAsync();
        }

        while (_trace is { Outcome: null, RanToEnd: false })
        {
            var pull = _chunks.MoveNextAsync();
            var isReady = pull.IsCompleted;
            if (!isReady || _output.HoldsMuch)
            {
                await _output.FlushAsync();
            }

            bool hasChunk;
            if (isReady)
            {
                hasChunk = await pull;
            }
            else
            {
                _output.Release();
                try
                {
                    hasChunk = await pull;
                }
                finally
                {
                    await _output.TakeAsync();
                }
            }

            // What comes after the stream was ended is for nobody.
            if (!hasChunk || _trace.Outcome is not null)
            {
                return;
            }

            _wire.Write(_chunks.Current, _output);
            if (isReady && _output.HoldsForLong)
            {
                await _output.FlushAsync();
            }
        }
    }

    /// <summary>Ends the source, in the background where the stream goes on without its client. Throws nothing.</summary>
    private async Task PutAwayAsync(Task pump, HostStopping hostStopping)
    {
        if (_trace.IsDrained)
        {
            // The host may have begun to stop before, and have left the client a time of grace.
            hostStopping.Renew();

            // Away from the request, which ends now: a source may compute its chunks without ever being waited for.
            using var limit = _stop.LimitDrain();
            await pump.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await DrainAsync();
        }

        await pump;
        if (!_trace.RanToEnd)
        {
            // Whatever has ended the stream, what feeds the source may live by its token alone; and be told by a callback
            // that the source takes back when it is disposed.
            await _stop.CancelAsync().WaitAsync(_settings.CancellationTimeout, _time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await DisposeChunksAsync();
        hostStopping.Dispose();
        _stop.Release();
    }

    private async Task DrainAsync()
    {
        try
        {
            var most = _settings.DrainLimit.Chunks;
            while (_trace is { IsRunning: true, RanToEnd: false } && most-- > 0 && !_stop.Token.IsCancellationRequested && await _chunks.MoveNextAsync())
            {
                // Read for its usage, which the enumerator has noted.
            }
        }
        catch (Exception exception)
        {
            Log.DetachedSourceFailed(Log.For(_trace.Loggers), exception);
        }
    }

    private async Task DisposeChunksAsync()
    {
        var disposal = DisposeAndLogAsync();
        await disposal.WaitAsync(_settings.CancellationTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!disposal.IsCompleted)
        {
            // As with a pull that does not answer: the span and the request end without it.
            Log.SourceGivenUpOn(Log.For(_trace.Loggers));
            _trace.BreakOff();
        }
    }

    private async Task DisposeAndLogAsync()
    {
        try
        {
            await _chunks.DisposeAsync();
        }
        catch (Exception exception)
        {
            Log.DisposalFailed(Log.For(_trace.Loggers), exception);
        }
    }
}
