namespace LlmTracing.Streaming.Sse;

/// <summary>What an event may carry besides its data.</summary>
internal readonly record struct SseFields(
    string? EventType, string? EventId = null, TimeSpan? ReconnectionInterval = null);
