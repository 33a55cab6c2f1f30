namespace LlmTracing.Streaming.Sse;

/// <summary>The data of the event <c>trace</c>.</summary>
internal sealed record SseTrace(string TraceId);
