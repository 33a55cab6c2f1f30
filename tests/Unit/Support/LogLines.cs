using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Unit.Support;

/// <summary>Keeps what is logged: the name of each event, and its text.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<(LogLevel Level, string? Event, string Text)> _lines = [];

    public IReadOnlyList<(LogLevel Level, string? Event, string Text)> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            _lines.Add((logLevel, eventId.Name, formatter(state, exception)));
        }
    }

    public void Dispose()
    {
    }
}
