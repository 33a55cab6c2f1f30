using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Support;

internal sealed record LogEntry(
    string Category, LogLevel Level, EventId Event, string Message, Exception? Exception);
