namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>The parsers that must read the same.</summary>
public enum EventReaderKind
{
    /// <summary>.NET's <see cref="System.Net.ServerSentEvents.SseParser"/>.</summary>
    SseParser,

    /// <summary>The npm package <c>eventsource-parser</c>, in node.</summary>
    EventSourceParser,

    /// <summary><c>EventSource</c> in Chromium.</summary>
    EventSource,
}
