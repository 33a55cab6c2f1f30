using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>One message as an app logged it.</summary>
internal sealed record LogEntry(string Category, LogLevel Level, EventId Event, string Message, Exception? Exception);
