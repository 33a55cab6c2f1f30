namespace LlmTracing.Streaming.Sse;

/// <summary>The data of the event <c>error</c>.</summary>
internal sealed record SseError(string Type, string Message, string? TraceId);
