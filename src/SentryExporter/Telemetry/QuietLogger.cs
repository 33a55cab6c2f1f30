using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Telemetry;

/// <summary>Logs as another does, but never throws: a full disk under the app's log must not end a sender, or the process.</summary>
internal sealed class QuietLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    // Of no use to know before: that is asked where it is logged.
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // There is nowhere else to say so.
        }
    }
}
