using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming.Flow;

/// <summary>Tells whoever follows a stream's span how far the stream has come, without costing each chunk a call.</summary>
internal sealed class StreamFollower
{
    // In milliseconds; often enough for whoever wants to know how far a stream came whose process died.
    private const long ToldEvery = 10;

    private readonly CoarseClock _clock;
    private readonly ILoggerFactory _loggers;
    private ISpanProgress? _follower;
    private long _toldAt = -ToldEvery;
    private long _told;

    private StreamFollower(ISpanProgress follower, TimeProvider time, ILoggerFactory loggers) =>
        (_follower, _clock, _loggers) = (follower, new CoarseClock(time), loggers);

    /// <summary>Tells whoever follows the span that it has its first attributes.</summary>
    /// <returns>What tells of its chunks, or null where nobody follows it.</returns>
    public static StreamFollower? Begin(Activity? span, TimeProvider time, ILoggerFactory loggers)
    {
        if (SpanProgress.Of(span) is not { } follower)
        {
            return null;
        }

        follower.OnChanged();
        return new StreamFollower(follower, time, loggers);
    }

    public void OnChunk(long chunks, in ChunkReading reading)
    {
        if (_clock.Milliseconds - _toldAt >= ToldEvery)
        {
            Tell(chunks, reading);
        }
    }

    public void OnWait(long chunks, in ChunkReading reading)
    {
        if (_told != chunks)
        {
            Tell(chunks, reading);
        }
    }

    private void Tell(long chunks, in ChunkReading reading)
    {
        (_toldAt, _told) = (_clock.Milliseconds, chunks);
        try
        {
            _follower?.OnProgress(chunks, reading);
        }
        catch (Exception exception)
        {
            _follower = null;
            Log.TracingFailed(Log.For(_loggers), exception);
        }
    }
}
