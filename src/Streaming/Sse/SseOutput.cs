using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Runtime.ExceptionServices;
using System.Text.Json.Serialization.Metadata;
using LlmTracing.Streaming.Flow;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LlmTracing.Streaming.Sse;

/// <summary>The body of one response, on which the stream's flow writes, and between its chunks a heartbeat.</summary>
/// <remarks>Whoever writes holds the gate; at first that is the flow.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle has nothing to dispose.")]
internal sealed class SseOutput(
    HttpContext context, SseSettings settings, IStreamWire wire, StreamTrace trace, StreamStop stop, TimeProvider time)
{
    // What is ready at once is written at once, but no more of it than this is held back from the client.
    private const int MostUnflushedBytes = 16 * 1024;

    // Nor for longer, in milliseconds: below what a reader could see.
    private const long LongestUnflushed = 20;

    private readonly StreamWriting _writing = trace.Writing!;
    private readonly SemaphoreSlim _gate = new(0, 1);
    private long _counted;
    private readonly CoarseClock _clock = new(time);
    private long _flushedAt;
    private long _flushedAtCoarsely;
    private bool _holdsHeaders;
    private volatile bool _isOpen;

    public SseFrameWriter Frames { get; } = new(context.Response.BodyWriter, settings.EventIds);

    /// <summary>Gets a fault of the response's own, for the server to see.</summary>
    public ExceptionDispatchInfo? Fault { get; private set; }

    /// <summary>Gets a value indicating whether the headers are those of the stream.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Gets how long nothing has gone to the client by now.</summary>
    public TimeSpan SilentFor => time.GetElapsedTime(Volatile.Read(ref _flushedAt));

    /// <summary>Gets a value indicating whether much is held back, as where chunks come all at once.</summary>
    public bool HoldsMuch => Frames.Unflushed > MostUnflushedBytes;

    /// <summary>Gets a value indicating whether the client has been given nothing for long, though something is held back.</summary>
    /// <remarks>As where a source computes its chunks: it is slow without ever being waited for.</remarks>
    public bool HoldsForLong => Frames.Unflushed > 0 && _clock.Milliseconds - _flushedAtCoarsely > LongestUnflushed;

    /// <summary>Begins the response, unless it has begun: headers, and what comes before the first chunk.</summary>
    /// <remarks>What that fails with, headers that were sent before, ends the stream and is not thrown.</remarks>
    public void Open()
    {
        if (_isOpen)
        {
            return;
        }

        try
        {
            Begin();
        }
        catch (Exception exception)
        {
            Note(exception);
        }
    }

    /// <summary>Writes an event, without handing it to the client yet.</summary>
    public void Write<TWire>(SseItem<TWire> item, JsonTypeInfo<TWire>? type)
    {
        if (!_isOpen)
        {
            // The first chunk was waited for: if it cannot be written, that is still a status.
            Frames.ThrowIfUnwritable(item, type);
            Open();
        }

        if (_isOpen)
        {
            Frames.Write(item, type);
            Count();
        }
    }

    /// <summary>Writes bytes as they are, without handing them to the client yet.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Open();
        if (_isOpen)
        {
            Frames.WriteRaw(bytes);
            Count();
        }
    }

    /// <summary>Lets others write until <see cref="TakeAsync"/>.</summary>
    public void Release() => _gate.Release();

    /// <summary>Waits until nobody else writes, and lets nobody.</summary>
    public Task TakeAsync() => _gate.WaitAsync();

    /// <summary>Writes a comment, unless something is being written anyway.</summary>
    public async Task BeatAsync()
    {
        if (!_gate.Wait(0))
        {
            return;
        }

        if (trace.Outcome is null)
        {
            await TryAsync(WriteBeatAsync);
        }

        _gate.Release();
    }

    /// <summary>Writes something else than frames. What that fails with ends the stream and is not thrown.</summary>
    public async Task TryAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception exception)
        {
            Note(exception);
        }
    }

    /// <summary>Hands what was written to the client. What that fails with ends the stream and is not thrown.</summary>
    /// <remarks>Without anything to hand on it does nothing: flushing would send the headers.</remarks>
    public ValueTask FlushAsync()
    {
        if (Frames.Unflushed == 0 && !_holdsHeaders)
        {
            return ValueTask.CompletedTask;
        }

        try
        {
            Count();
            _counted = 0;
            _holdsHeaders = false;
            var flush = Frames.FlushAsync();
            if (!flush.IsCompleted)
            {
                return WaitAsync(flush);
            }

            Heed(flush.Result);
        }
        catch (Exception exception)
        {
            Note(exception);
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask WaitAsync(ValueTask<FlushResult> flush)
    {
        _writing.BeginWait();
        try
        {
            Heed(await flush);
        }
        catch (Exception exception)
        {
            Note(exception);
        }

        _writing.EndWait();
    }

    private Task WriteBeatAsync()
    {
        Frames.WriteComment();
        return FlushAsync().AsTask();
    }

    private void Begin()
    {
        if (context.Response.HasStarted)
        {
            throw new InvalidOperationException(
                $"{wire.MethodName} needs a response of its own, but this one had begun: write nothing before it, and execute "
                + "one result for each request.");
        }

        if (settings.WriteTimeout != Timeout.InfiniteTimeSpan
            && context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            // Kestrel would cut a slow client off after some seconds, and call it one that has left.
            rate.MinDataRate = null;
        }

        wire.Begin(Frames);
        _holdsHeaders = true;
        NoteFlush();
        _isOpen = true;
    }

    private void Count()
    {
        _writing.Bytes += Frames.Unflushed - _counted;
        _counted = Frames.Unflushed;
    }

    private void Note(Exception exception)
    {
        if (exception is ConnectionResetException or ConnectionAbortedException
            || (exception is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // How a response whose client has gone fails, where a middleware has wrapped its body.
            stop.ClientLeft();
            return;
        }

        // The response's fault and not the stream's: it is for the server to see, once the source is put away.
        Fault = ExceptionDispatchInfo.Capture(exception);
        if (trace.DecideFailed(exception, stop.Token))
        {
            stop.Cancel();
        }
    }

    private void NoteFlush()
    {
        _flushedAtCoarsely = _clock.Milliseconds;
        Volatile.Write(ref _flushedAt, time.GetTimestamp());
    }

    private void Heed(FlushResult result)
    {
        NoteFlush();
        if (result.IsCompleted)
        {
            stop.ClientLeft();
        }
    }
}
