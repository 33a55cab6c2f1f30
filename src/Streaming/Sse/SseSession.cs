using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.ServerSentEvents;
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
    private ITimer? _detachTimer;

    public SseSession(
        HttpContext context, IAsyncEnumerable<T> stream, Func<T, SseItem<TWire>?> toWire, LlmCall call)
    {
        (_context, _toWire) = (context, toWire);
        _jsonType = typeof(TWire) == typeof(string) ? null : JsonTypeFor(context.RequestServices);
        _frames = new SseFrameWriter(context.Response.BodyWriter);
        _trace = new StreamTrace(call)
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
        }

        if (_detachTimer is not null)
        {
            await _detachTimer.DisposeAsync();
        }

        await new SseEnding(_context, _trace, _frames).ReportAsync(completion);
    }

    private async Task StreamAsync()
    {
        try
        {
            await using (_chunks)
            {
                await WriteChunksAsync();
            }
        }
        catch (Exception exception)
        {
            // Not rethrown: the status was sent long ago. How the stream ended is known to the trace by now, unless it
            // is the source's disposal that failed, after the last chunk.
            _trace.DecideFailed(exception, _cancelSource.Token);
            if (_trace.Outcome is StreamOutcome.Completed)
            {
                Log.DisposalFailed(Log.For(_trace.Loggers), exception);
            }
        }
    }

    private async Task WriteChunksAsync()
    {
        _frames.WriteComment();
        while (true)
        {
            var pull = _chunks.MoveNextAsync();
            if (!pull.IsCompleted || _frames.Unflushed > MostUnflushedBytes)
            {
                await FlushAsync();
            }

            if (!await pull || _trace.Outcome is not null)
            {
                return;
            }

            Write(_chunks.Current);
        }
    }

    private void Write(T chunk)
    {
        try
        {
            if (_toWire(chunk) is { } item)
            {
                _frames.Write(item, _jsonType);
            }
        }
        catch (Exception exception)
        {
            // Before the source is disposed, which would look like a consumer that broke off.
            _trace.DecideFailed(exception, _cancelSource.Token);
            throw;
        }
    }

    private async ValueTask FlushAsync()
    {
        var flush = _frames.FlushAsync();
        if (flush.IsCompleted)
        {
            LeaveIf((await flush).IsCompleted);
            return;
        }

        var since = Stopwatch.GetTimestamp();
        LeaveIf((await flush).IsCompleted);
        _trace.WriteWait += Stopwatch.GetElapsedTime(since);
    }

    private void LeaveIf(bool nobodyReads)
    {
        if (nobodyReads)
        {
            Leave();
        }
    }

    private void Leave()
    {
        // First the reason, then the cancellation: else the source's exception would be taken for the reason.
        if (!_trace.Decide(StreamOutcome.ClientDisconnected))
        {
            return;
        }

        var time = _context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System;
        _detachTimer = time.CreateTimer(
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
