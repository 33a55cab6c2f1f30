using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Telemetry;

/// <summary>Logs what was lost or late, each at most every ten seconds: an outage must not drown the app's own log.</summary>
internal sealed class LossLog(ILoggerFactory loggerFactory, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggerFactory.CreateLogger(Log.Category);
    private readonly Tally _losses = new(time);
    private readonly Tally _delays = new(time);

    /// <summary>Counts one transaction or error as lost, and says so if it is time to.</summary>
    public void Add(string reason, Exception? exception = null)
    {
        if (_losses.IsTimeToTell(out var lost))
        {
            Log.TransactionsLost(_logger, exception, lost, reason);
        }
    }

    /// <summary>Counts an attempt that failed and will be made again, and says so if it is time to.</summary>
    public void AddDelay(string reason, Exception exception)
    {
        if (_delays.IsTimeToTell(out var attempts))
        {
            Log.SendingFailed(_logger, exception, attempts, reason);
        }
    }

    private sealed class Tally(TimeProvider time)
    {
        private readonly Lock _lock = new();
        private long? _lastAt;
        private int _count;

        public bool IsTimeToTell(out int count)
        {
            lock (_lock)
            {
                _count++;
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
    }
}
