using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Telemetry;

/// <summary>Logs what was lost or late, each at most every ten seconds: an outage must not drown the app's own log.</summary>
internal sealed class LossLog(ILoggerFactory loggerFactory, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly QuietLogger _logger = new(loggerFactory.CreateLogger(Log.Category));
    private readonly Tally _losses = new(time);
    private readonly Tally _delays = new(time);

    /// <summary>Counts one transaction or error as lost, and says so if it is time to.</summary>
    public void Add(string reason, Exception? exception = null)
    {
        if (_losses.IsTimeToTell(reason, out var lost))
        {
            Log.TransactionsLost(_logger, exception, lost, reason);
        }
    }

    /// <summary>Counts an attempt that failed and will be made again, and says so if it is time to.</summary>
    public void AddDelay(string reason, Exception exception)
    {
        if (_delays.IsTimeToTell(reason, out var attempts))
        {
            Log.SendingFailed(_logger, exception, attempts, reason);
        }
    }

    /// <summary>Says how many were lost since it was said last.</summary>
    public void Dispose()
    {
        if (_losses.Rest(out var reason) is > 0 and var lost)
        {
            Log.TransactionsLost(_logger, exception: null, lost, reason);
        }
    }

    private sealed class Tally(TimeProvider time)
    {
        private readonly Lock _lock = new();
        private long? _lastAt;
        private int _count;
        private string _reason = "";

        public bool IsTimeToTell(string reason, out int count)
        {
            lock (_lock)
            {
                (_count, _reason) = (_count + 1, reason);
                if (_lastAt is { } lastAt && time.GetElapsedTime(lastAt) < Pause)
                {
                    count = 0;
                    return false;
                }

                _lastAt = time.GetTimestamp();
                (count, _count) = (_count, 0);
                return true;
            }
        }

        public int Rest(out string reason)
        {
            lock (_lock)
            {
                (var count, reason, _count) = (_count, _reason, 0);
                return count;
            }
        }
    }
}
