using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.ServerSentEvents;
using System.Runtime.ExceptionServices;
using System.Text.Json.Serialization.Metadata;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmTracing.Streaming.Sse;

/// <summary>One response: pulls the chunks, writes them as events, and notices when the client leaves.</summary>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync disposes the chunks; the token source needs it not.")]
internal sealed class SseSession<T, TWire>
{
    // What is ready at once is written at once, but no more of it than this is held back from the client.
    private const int MostUnflushedBytes = 16 * 1024;

    // Nor for longer: below what a reader could see.
    private static readonly TimeSpan LongestUnflushed = TimeSpan.FromMilliseconds(20);

    // How long a source may take to answer its cancelled token before the response ends without it: time to put away
    // what it has, and still well within a second of the client's leaving.
    private static readonly TimeSpan DetachDelay = TimeSpan.FromMilliseconds(500);

    private readonly HttpContext _context;
    private readonly Func<T, SseItem<TWire>?> _toWire;
    private readonly JsonTypeInfo<TWire>? _jsonType;
    private readonly SseFrameWriter _frames;
    private readonly StreamTrace _trace;
    private readonly TracedEnumerator<T> _chunks;

    // Never disposed: it has no timer and no parent, and a source given up on may still look at its token.
    private readonly CancellationTokenSource _cancelSource = new();
    private readonly TimeProvider _time;
    private ExceptionDispatchInfo? _responseFault;
    private ITimer? _detachTimer;
    private long _flushedAt;

    public SseSession(
        HttpContext context,
        IAsyncEnumerable<T> stream,
        Func<T, SseItem<TWire>?> toWire,
        LlmCall call,
        SpanParent madeUnder)
    {
        (_context, _toWire) = (context, toWire);
        _time = context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System;
        _jsonType = typeof(TWire) == typeof(string) ? null : JsonTypeFor(context.RequestServices);
        _frames = new SseFrameWriter(context.Response.BodyWriter);
        _trace = new StreamTrace(call, madeUnder)
        {
            ClientLeft = context.RequestAborted,
            Loggers = Log.LoggersOf(context.RequestServices),
            WriteWait = TimeSpan.Zero,
        };
        _chunks = new TracedEnumerator<T>(stream, _trace, _cancelSource.Token);
    }

    public async Task RunAsync(SseCompletion completion)
    {
        SseHeaders.Apply(_context);
        await using (_context.RequestAborted.UnsafeRegister(
            static session => ((SseSession<T, TWire>)session!).Leave(), this))
        {
            await StreamAsync();

            // The last words first: how long the source takes to put itself away is not the client's to wait for.
            if (new SseEnding(_context, _trace, _frames).Report(completion) && _responseFault is null)
            {
                await FlushAsync();
            }

            await DisposeChunksAsync();
        }

        if (_detachTimer is not null)
        {
            await _detachTimer.DisposeAsync();
        }

        _responseFault?.Throw();
    }

    private async Task StreamAsync()
    {
        try
        {
            await WriteChunksAsync();
        }
        catch (Exception exception)
        {
            // Not rethrown: the trace has it, and the client is told in the last event, for the status was sent long ago.
            _trace.DecideFailed(exception, _cancelSource.Token);
        }
    }

    private async Task WriteChunksAsync()
    {
        // Before the first pull, however long that takes: the reader shall know that the stream is open.
        _frames.WriteComment();
        await FlushAsync();
        while (_trace.Outcome is null)
        {
            var pull = _chunks.MoveNextAsync();
            if (_frames.Unflushed > 0 && (!pull.IsCompleted || IsHeldLongEnough()))
            {
                await FlushAsync();
            }

            // What comes after the client has left is for nobody.
            if (await pull && _trace.Outcome is null)
            {
                Write(_chunks.Current);
            }
        }
    }

    // A source can be slow without ever being waited for, as one that computes its chunks is.
    private bool IsHeldLongEnough() =>
        _frames.Unflushed > MostUnflushedBytes || Stopwatch.GetElapsedTime(_flushedAt) > LongestUnflushed;

    private void Write(T chunk)
    {
        if (_toWire(chunk) is { } item)
        {
            _frames.Write(item, _jsonType);
        }
    }

    private async ValueTask FlushAsync()
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            var flush = _frames.FlushAsync();
            var isWaiting = !flush.IsCompleted;
            if ((await flush).IsCompleted)
            {
                Leave();
            }

            _flushedAt = Stopwatch.GetTimestamp();
            _trace.WriteWait += isWaiting ? Stopwatch.GetElapsedTime(since, _flushedAt) : TimeSpan.Zero;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // How a response whose client has gone fails, where a middleware has wrapped its body.
            Leave();
        }
        catch (Exception exception)
        {
            // The response's fault and not the stream's: it is for the server to see, once the source is put away.
            _responseFault = ExceptionDispatchInfo.Capture(exception);
            if (_trace.DecideFailed(exception, _cancelSource.Token))
            {
                CancelSource();
            }
        }
    }

    private async Task DisposeChunksAsync()
    {
        var disposal = _chunks.DisposeAsync().AsTask();
        try
        {
            await disposal.WaitAsync(DetachDelay, _time);
        }
        catch (TimeoutException) when (!disposal.IsCompleted)
        {
            // As with a pull that does not answer: the span and the request end without it.
            _trace.BreakOff();
            _ = LogFailureAsync(disposal);
        }
        catch (Exception exception)
        {
            Log.DisposalFailed(Log.For(_trace.Loggers), exception);
        }
    }

    private async Task LogFailureAsync(Task disposal)
    {
        try
        {
            await disposal;
        }
        catch (Exception exception)
        {
            Log.DetachedSourceFailed(Log.For(_trace.Loggers), exception);
        }
    }

    private void Leave()
    {
        // First the reason, then the cancellation: else the source's exception would be taken for the reason.
        if (_trace.Decide(StreamOutcome.ClientDisconnected))
        {
            CancelSource();
        }
    }

    private void CancelSource()
    {
        _detachTimer = _time.CreateTimer(
            static chunks => ((TracedEnumerator<T>)chunks!).Detach(), _chunks, DetachDelay, Timeout.InfiniteTimeSpan);
        try
        {
            _cancelSource.Cancel();
        }
        catch (AggregateException exception)
        {
            Log.CancellationCallbackFailed(Log.For(_trace.Loggers), exception);
        }
    }

    private static JsonTypeInfo<TWire> JsonTypeFor(IServiceProvider services)
    {
        var options = services.GetService<IOptions<JsonOptions>>()?.Value ?? new JsonOptions();
        return (JsonTypeInfo<TWire>)options.SerializerOptions.GetTypeInfo(typeof(TWire));
    }
}
