using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Keeps what an app logs, from <see cref="LogLevel.Debug"/> up.</summary>
internal sealed class RecordingLogs : ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<LogEntry> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    public IReadOnlyList<LogEntry> Errors => [.. All.Where(entry => entry.Level >= LogLevel.Error)];

    public IReadOnlyList<LogEntry> Of(string eventName) => [.. All.Where(entry => entry.Event.Name == eventName)];

    /// <summary>The first entry of an event, once there is one.</summary>
    public Task<LogEntry> WaitForAsync(string eventName) => Deadline.BoundAsync(eventName, null, async token =>
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            if (Of(eventName) is [var entry, ..])
            {
                return entry;
            }

            await changed.WaitAsync(token);
        }
    });

    /// <summary>Fails if anything that was logged tells of what was planted.</summary>
    public void AssertNothingPlanted() => Assert.All(
        All.Select(static entry => $"{entry.Category} {entry.Message} {TextOf(entry.Exception)}"),
        static text => Assert.Null(PlantedSecrets.FindIn(text)));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private static string? TextOf(Exception? exception)
    {
        try
        {
            return exception?.ToString();
        }
        catch (Exception)
        {
            // Some tests throw what cannot be printed: then no log can hold its text either.
            return null;
        }
    }

    private void Add(LogEntry entry)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _entries.Add(entry);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private sealed class Logger(RecordingLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                logs.Add(new LogEntry(category, logLevel, eventId, formatter(state, exception), exception));
            }
        }
    }
}
