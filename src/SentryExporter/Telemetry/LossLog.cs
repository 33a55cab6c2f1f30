using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Telemetry;

/// <summary>Logs lost transactions, but at most every ten seconds: an outage must not drown the app's own log.</summary>
internal sealed class LossLog(ILoggerFactory loggerFactory, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggerFactory.CreateLogger(Log.Category);
    private readonly Lock _lock = new();
    private long? _lastAt;
    private int _lost;

    /// <summary>Counts one transaction as lost, and says so if it is time to.</summary>
    public void Add(string reason, Exception? exception = null)
    {
        int lost;
        lock (_lock)
        {
            _lost++;
            if (_lastAt is { } lastAt && time.GetElapsedTime(lastAt) < Pause)
            {
                return;
            }

            _lastAt = time.GetTimestamp();
            (lost, _lost) = (_lost, 0);
        }

        Log.TransactionsLost(_logger, exception, lost, reason);
    }
}
